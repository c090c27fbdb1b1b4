import { Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
import type { Usage } from '../usage.ts';
import type { ExactPrices, ExactRate } from './exact-prices.ts';

const ONE = new Amount(1);
const MILLION = new Amount(1_000_000);
const NO_QUANTITIES: ReadonlySet<string> = new Set(['event', 'model', 'provider', 'properties', 'requests']);

/**
 * What a usage costs by a model's prices, exactly. `factor` is the share of the list price that tokens cost.
 * `null`: nothing of what the usage counts has a price, or it counts nothing at all. Where it counts zeros, nothing was used.
 */
export function costByPrices(prices: ExactPrices, usage: Usage, factor: Amount): Amount | null {
  /** What of each whole isn't priced yet. */
  const left = new Map<string, Amount>();
  let isPriced = false;
  let millionTokens = ZERO;
  let rest = ZERO;
  for (const rate of prices) {
    const count = countFor(rate, prices, usage, left);
    if (count.isZero()) continue;
    const amount = (count.lt(rate.least) ? rate.least : count).times(amountFor(rate, usage));
    if (rate.per.eq(MILLION)) millionTokens = millionTokens.plus(amount);
    else rest = rest.plus(amount.div(rate.per));
    isPriced ||= rate.quantity !== 'requests';
  }
  if (!isPriced && !countsZeros(usage)) return null;
  return millionTokens.times(factor).div(MILLION).plus(rest);
}

/** Takes a part off its whole, and never more than is left of it, so that no token is paid for twice. */
function countFor(rate: ExactRate, prices: ExactPrices, usage: Usage, left: Map<string, Amount>): Amount {
  const { quantity, partOf, less } = rate;
  const whole = left.get(quantity);
  if (whole !== undefined) return whole;
  let count = quantity === 'cache_write_tokens' ? cacheWrites(prices, usage) : countOf(usage, quantity);
  for (const name of less) count = atLeastZero(count.minus(countOf(usage, name)));
  if (partOf === null) return count;
  const rest = left.get(partOf) ?? countOf(usage, partOf);
  const taken = smallerOf(count, rest);
  left.set(partOf, rest.minus(taken));
  return taken;
}

/** Whatever their time to live, except for those that have a rate of their own. */
function cacheWrites(prices: ExactPrices, usage: Usage): Amount {
  let sum = ZERO;
  for (const name in usage) {
    const isWrite = name.startsWith('cache_write_') && name.endsWith('_tokens');
    if (!isWrite || prices.some(({ quantity }) => quantity === name && name !== 'cache_write_tokens')) continue;
    sum = sum.plus(countOf(usage, name));
  }
  return sum;
}

function amountFor({ amount, aboveContext }: ExactRate, usage: Usage): Amount {
  if (aboveContext.length === 0) return amount;
  const input = countOf(usage, 'input_tokens');
  return aboveContext.findLast(({ inputTokens }) => input.gt(inputTokens))?.amount ?? amount;
}

function countsZeros(usage: Usage): boolean {
  const counted = Object.keys(usage).filter((name) => !NO_QUANTITIES.has(name));
  return counted.length > 0 && counted.every((name) => countOf(usage, name).isZero());
}

function countOf(usage: Usage, quantity: string): Amount {
  const count = usage[quantity];
  if (typeof count === 'number' || typeof count === 'string') return new Amount(count);
  if (quantity === 'annotated_pages' && usage.properties?.['annotated'] === true) return countOf(usage, 'pages');
  return quantity === 'requests' ? ONE : ZERO;
}
