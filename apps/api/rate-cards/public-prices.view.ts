import { publicId } from '#ledger';
import type { VersionedRateCard } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';
import type { PriceJson } from './price-json.ts';
import { componentWords, matchWords, multiplierWords } from './price-words.ts';

/** What customers may see of a rate card: what each usage costs, in words. */
export function publicPricesView({ card, version }: VersionedRateCard) {
  // They were checked before they were stored.
  const prices = version.prices as unknown as readonly PriceJson[];
  return {
    id: publicId('rateCard', card.id),
    name: card.name,
    unit: card.unit,
    version: version.version,
    effective_at: timeView(version.effectiveAt),
    prices: prices.map((price) => publicPrice(price, card.unit)),
  };
}

export type PublicPrices = ReturnType<typeof publicPricesView>;
export type PublicPrice = PublicPrices['prices'][number];

function publicPrice({ event, match, components, multipliers }: PriceJson, unit: string) {
  return {
    event,
    match: match ?? {},
    applies_to: matchWords(match ?? {}),
    quantities: components.map(({ quantity }) => quantity),
    examples: [
      ...components.map((component) => componentWords(component, unit)),
      ...(multipliers ?? []).map(multiplierWords),
    ],
  };
}
