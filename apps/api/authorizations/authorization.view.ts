import { formatAmount } from '#amounts';
import { available, publicId, type AuthorizationDecision } from '#ledger';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function authorizationView({ account, unit, authorization }: AuthorizationDecision) {
  const { balance } = authorization;
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
    usage: authorization.usage,
    tags: authorization.tags,
    price: null,
    metadata: authorization.metadata,
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
