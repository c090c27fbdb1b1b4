import { formatAmount } from '#amounts';
import { available, type AccountDecision } from '#ledger';
import { timeView } from '../lists/time-view.ts';

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
    metadata: terms.metadata,
    created_at: timeView(account.createdAt),
    balance: balanceView(decision),
  };
}
