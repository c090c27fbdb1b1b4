import type { ModelPrice } from '@pydantic/genai-prices';
import { Amount, ZERO } from '#amounts';
import { PRICED_QUANTITIES, REPEATED_PRICE } from './priced-quantities.ts';

/** What a vendor asks for one kind of quantity. */
export interface ExactRate {
  readonly quantity: string;
  readonly partOf: string | null;
  /** Quantities with a rate of their own that are counted in this one too, and in the same whole. */
  readonly less: readonly string[];
  /** The amount pays for so many. */
  readonly per: Amount;
  /** A request that has any is billed for so many. */
  readonly least: Amount;
  /** USD. */
  readonly amount: Amount;
  /** The amounts for requests of more input, ascending: the last that is exceeded holds for the whole request. */
  readonly aboveContext: readonly { readonly inputTokens: Amount; readonly amount: Amount }[];
}

/** Parts come before what they are parts of. */
export type ExactPrices = readonly ExactRate[];

/**
 * Makes exact decimals of a model's prices: the shortest text of a float is what its author wrote.
 * `leastSeconds` of audio are billed for each request that has some. `null`: there are no prices, or one of a kind that isn't known here.
 */
export function exactPrices(prices: ModelPrice, leastSeconds: Amount = ZERO): ExactPrices | null {
  const rates: ExactRate[] = [];
  for (const [key, { quantity, per, partOf = null }] of PRICED_QUANTITIES) {
    const price = prices[key];
    if (price === undefined) continue;
    const { base, tiers } = typeof price === 'number' ? { base: price, tiers: [] } : price;
    const aboveContext = tiers
      .map(({ start, price: amount }) => ({ inputTokens: new Amount(start), amount: exactly(amount) }))
      .sort((a, b) => a.inputTokens.comparedTo(b.inputTokens));
    const less = rates.filter((rate) => isWithin(rate.quantity, quantity)).map((rate) => rate.quantity);
    const least = quantity === 'audio_seconds' ? leastSeconds : ZERO;
    rates.push({ quantity, partOf, less, per: new Amount(per), least, amount: exactly(base), aboveContext });
  }
  const keys = Object.keys(prices).filter((key) => prices[key] !== undefined && key !== REPEATED_PRICE);
  return rates.length === keys.length && rates.length > 0 ? rates : null;
}

function isWithin(part: string, quantity: string): boolean {
  return [...PRICED_QUANTITIES.values()].some(
    (priced) => priced.quantity === part && priced.within?.includes(quantity),
  );
}

function exactly(float: number): Amount {
  return new Amount(String(float));
}
