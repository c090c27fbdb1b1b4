import { formatAmount, type Amount } from '#amounts';
import { available, publicId, type AccountDecision } from '#ledger';
import { COMMITMENT_PERIOD } from './account.body.ts';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function balanceView({ account, balance, asOf }: AccountDecision) {
  return {
    unit: account.unit,
    posted: formatAmount(balance.posted),
    held: formatAmount(balance.held),
    available: formatAmount(available(balance)),
    debt: formatAmount(account.debt),
    as_of: timeView(asOf),
  };
}

export function accountView(decision: AccountDecision) {
  const { account } = decision;
  const { terms } = account;
  return {
    id: account.id,
    unit: account.unit,
    name: terms.name,
    status: account.status,
    overdraft_limit: formatAmount(terms.overdraftLimit),
    overage: terms.overage,
    time_zone: terms.timeZone,
    commitment: commitmentView(terms.commitment),
    plan: decision.plan && publicId('plan', decision.plan),
    auto_topup: decision.autoTopup,
    rate_card: terms.rateCard && publicId('rateCard', terms.rateCard),
    discount: formatAmount(terms.discount),
    overrides: terms.overrides,
    metadata: terms.metadata,
    created_at: timeView(account.createdAt),
    ...closureView(account.closure),
    balance: balanceView(decision),
  };
}

export function commitmentView(amount: Amount | null) {
  return amount && { amount: formatAmount(amount), period: COMMITMENT_PERIOD };
}

/** Only a closed account has these fields. */
function closureView({ closedAt, remainder, erasureRequestedAt, erasedAt }: AccountDecision['account']['closure']) {
  if (closedAt === null || remainder === null) return {};
  return {
    closed_at: timeView(closedAt),
    remainder,
    erasing: erasureRequestedAt !== null && erasedAt === null,
    erased_at: optionalTimeView(erasedAt),
  };
}
