import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { ReadRaiseRequest } from '#ledger-store';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function raiseRequestView({ account, request }: ReadRaiseRequest) {
  const { requestedBy, decidedBy } = request;
  return {
    id: publicId('raiseRequest', request.id),
    account,
    budget: publicId('budget', request.budgetId),
    name: request.name,
    amount: formatAmount(request.amount),
    until: timeView(request.until),
    reason: request.reason,
    status: request.status,
    requested_by: requestedBy && publicId('key', requestedBy),
    created_at: timeView(request.createdAt),
    decided_by: decidedBy && publicId('key', decidedBy),
    decided_at: optionalTimeView(request.decidedAt),
    denial: request.denial,
  };
}
