import { publicId } from '#ledger';
import type { ListedRateCard, VersionedRateCard } from '#ledger-store';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

/** A card in a list: its prices may take hundreds of kilobytes. */
export function listedRateCardView({ card, version }: ListedRateCard) {
  return {
    id: publicId('rateCard', card.id),
    name: card.name,
    unit: card.unit,
    purpose: card.purpose,
    version: version.version,
    effective_at: timeView(version.effectiveAt),
    archived_at: optionalTimeView(card.archivedAt),
    created_at: timeView(card.createdAt),
  };
}

export function rateCardView(shown: VersionedRateCard) {
  return { ...listedRateCardView(shown), prices: shown.version.prices };
}

export function versionView({ card, version }: ListedRateCard) {
  return {
    rate_card: publicId('rateCard', card.id),
    version: version.version,
    effective_at: timeView(version.effectiveAt),
    created_at: timeView(version.createdAt),
  };
}
