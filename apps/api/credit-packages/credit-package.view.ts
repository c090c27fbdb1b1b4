import { formatAmount } from '#amounts';
import { publicId } from '#ledger';
import type { CreditPackage } from '#ledger-store';
import { optionalTimeView, timeView } from '../lists/time-view.ts';
import { NEVER } from '../validation/expires-after.ts';

export function creditPackageView(shown: CreditPackage) {
  return {
    id: publicId('creditPackage', shown.id),
    name: shown.name,
    credits: formatAmount(shown.credits),
    bonus_credits: formatAmount(shown.bonusCredits),
    price: formatAmount(shown.price),
    currency: shown.currency,
    expires_after: shown.expiresAfterSeconds ?? NEVER,
    priority: shown.priority,
    archived_at: optionalTimeView(shown.archivedAt),
    created_at: timeView(shown.createdAt),
  };
}
