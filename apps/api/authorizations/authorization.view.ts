import { formatAmount } from '#amounts';
import {
  available,
  publicId,
  type AuthorizationDecision,
  type AuthorizationPricing,
  type AuthorizationSummary,
  type Settlement,
} from '#ledger';
import { lineView } from '../rate-cards/line.view.ts';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

/** Who looks: an account's own key never sees what its usage costs the operator. */
export interface Viewer {
  readonly seesCost: boolean;
}

export type AuthorizationView = ReturnType<typeof authorizationView>;

export function authorizationView({ account, unit, authorization }: AuthorizationDecision, { seesCost }: Viewer) {
  const { balance, pricing, stated, added } = authorization;
  return {
    id: publicId('authorization', authorization.id),
    account,
    status: authorization.status,
    amount: formatAmount(authorization.amount),
    held: formatAmount(authorization.held),
    committed: formatAmount(authorization.committed),
    uncollected: formatAmount(authorization.uncollected),
    refunded: formatAmount(authorization.refunded),
    overage: authorization.overage,
    late: authorization.late,
    usage: stated.length > 0 ? stated.map(({ usage }) => usage) : authorization.usage,
    tags: added ? { ...authorization.tags, ...added.tags } : authorization.tags,
    group: authorization.group,
    price: priceView(pricing),
    assumed: assumedView(pricing),
    settlement: settlementOf(authorization),
    lines: stated.flatMap(({ lines }) => lines.map(lineView)),
    amounts: stated.map(({ amount }) => amount && formatAmount(amount)),
    ...(seesCost && costView(pricing)),
    metadata: added ? { ...authorization.metadata, ...added.metadata } : authorization.metadata,
    created_at: timeView(authorization.createdAt),
    expires_at: optionalTimeView(authorization.expiresAt),
    committed_at: optionalTimeView(authorization.committedAt),
    balance: {
      posted: formatAmount(balance.posted),
      held: formatAmount(balance.held),
      available: formatAmount(available(balance)),
      unit,
    },
  };
}

function priceView(pricing: AuthorizationPricing | null) {
  if (!pricing?.price) return null;
  const { card, version } = pricing.price;
  return { rate_card: publicId('rateCard', card), version };
}

function assumedView(pricing: AuthorizationPricing | null) {
  const maxOutputTokens = pricing?.maxOutputTokens ?? null;
  return maxOutputTokens === null ? null : { max_output_tokens: maxOutputTokens };
}

/** A commit by an amount, which says nothing of its usage, is as exact as one that does. */
function settlementOf({ pricing, committed, committedAt }: AuthorizationSummary): Settlement | null {
  const isCommitted = committedAt !== null || !committed.isZero();
  return pricing?.settlement ?? (isCommitted ? 'exact' : null);
}

function costView(pricing: AuthorizationPricing | null) {
  const cost = pricing?.cost ?? null;
  return { cost: cost && formatAmount(cost.amount), cost_currency: cost && cost.currency };
}
