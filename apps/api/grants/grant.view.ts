import { formatAmount } from '#amounts';
import { publicId, type GrantDecision } from '#ledger';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function grantView({ account, grant, status }: GrantDecision) {
  return {
    id: publicId('grant', grant.id),
    account,
    amount: formatAmount(grant.amount),
    remaining: formatAmount(grant.remaining),
    held: formatAmount(grant.held),
    frozen: formatAmount(grant.frozen),
    category: grant.category,
    priority: grant.priority,
    scope: grant.scope,
    cost_basis: grant.costBasis && formatAmount(grant.costBasis),
    amount_paid: grant.amountPaid && formatAmount(grant.amountPaid),
    currency: grant.currency,
    purchase: grant.purchase ? publicId('purchase', grant.purchase) : grant.purchaseReference,
    returned: grant.returned && formatAmount(grant.returned),
    status,
    effective_at: timeView(grant.effectiveAt),
    expires_at: optionalTimeView(grant.expiresAt),
    voided_at: optionalTimeView(grant.voidedAt),
    created_at: timeView(grant.createdAt),
    recurring_grant: recurringGrantOf(grant),
    metadata: grant.metadata,
  };
}

/** The period that a grant was made for, or whose rest it is. */
function recurringGrantOf({ period }: GrantDecision['grant']) {
  if (!period) return null;
  return {
    name: period.name,
    period_start: timeView(period.start),
    period_end: timeView(period.end),
    periods: period.periods,
    rolled_over_from: period.from && publicId('grant', period.from),
  };
}
