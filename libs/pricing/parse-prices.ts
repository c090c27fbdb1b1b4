import { Amount, parseAmount, ZERO } from '#amounts';
import { PriceList } from './price-list.ts';
import type { Price } from './rate-card.ts';

export interface PriceFault {
  /** Where, like `prices[2].components[0].tiers`. */
  readonly field: string;
  /** What it must be. */
  readonly message: string;
}

export type ParsedPrices =
  { readonly ok: true; readonly prices: PriceList } | { readonly ok: false; readonly faults: readonly PriceFault[] };

/** Reads the prices of a card, or an account's own. All faults are found at once; `root` is what their fields start with. */
export function parsePrices(json: unknown, root = 'prices'): ParsedPrices {
  if (!Array.isArray(json)) return { ok: false, faults: [{ field: root, message: 'must be a list of prices' }] };
  return { ok: true, prices: new PriceList(json.map(readPrice)) };
}

/** Reads prices that were stored. Throws where they have a fault: then they weren't checked. */
export function readPrices(json: unknown): PriceList {
  const parsed = parsePrices(json);
  if (!parsed.ok) throw new Error(`stored prices have a fault: ${JSON.stringify(parsed.faults)}`);
  return parsed.prices;
}

function readPrice(json: { event: string; components: { quantity: string; amount: string; per?: string }[] }): Price {
  const components = json.components.map(({ quantity, amount, per }) => ({
    quantity,
    pricing: 'per_unit' as const,
    per: new Amount(per ?? 1),
    perReciprocal: null,
    amount: parseAmount(amount),
    tiers: [],
    aboveContext: [],
    minimum: null,
    included: ZERO,
    counted: 'request' as const,
    counter: null,
  }));
  return { event: json.event, match: [], components, multipliers: [], maxOutputTokens: null };
}
