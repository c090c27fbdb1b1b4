import { Amount } from '#amounts';
import type { DatedPrices } from '../costs/dated-prices.ts';
import type { ExactPrices } from '../costs/exact-prices.ts';
import type { ListedMultiplier } from './listed-model.ts';

const MINUTE_MS = 60_000;
const ONE = new Amount(1);

export interface PricesOfDay {
  readonly prices: ExactPrices;
  readonly multipliers: readonly ListedMultiplier[];
  /** Hours have prices that no factor makes of the others: the prices are the dearest then. */
  readonly isDearest: boolean;
}

/** Says prices of some hours as factors of the others, as rate cards do. */
export function dailyMultipliers(prices: ExactPrices, daily: readonly DatedPrices[]): PricesOfDay {
  const factors = daily.map((hours) => hours.prices && factorBetween(prices, hours.prices));
  if (factors.includes(null)) return { prices: dearest(prices, daily), multipliers: [], isDearest: true };
  const multipliers = daily.map((hours, index) => ({ match: { time: timeText(hours) }, by: factors[index] ?? ONE }));
  return { prices, multipliers, isDearest: false };
}

/** `null` where there is no one factor. */
function factorBetween(from: ExactPrices, to: ExactPrices): Amount | null {
  const [first] = from;
  const factor = first && to[0]?.amount.div(first.amount).toDecimalPlaces(12);
  if (!factor || from.length !== to.length) return null;
  const isSame = from.every(({ quantity, amount, aboveContext }, index) => {
    const other = to[index];
    const isStepAlike = ({ amount: step }: { amount: Amount }, at: number): boolean =>
      other?.aboveContext[at]?.amount.eq(step.times(factor)) ?? false;
    return other?.quantity === quantity && other.amount.eq(amount.times(factor)) && aboveContext.every(isStepAlike);
  });
  return isSame ? factor : null;
}

function dearest(prices: ExactPrices, daily: readonly DatedPrices[]): ExactPrices {
  return daily.reduce((most, { prices: hours }) => (hours && sumOf(hours).gt(sumOf(most)) ? hours : most), prices);
}

function sumOf(prices: ExactPrices): Amount {
  return Amount.sum(...prices.map(({ amount }) => amount));
}

function timeText({ daily }: DatedPrices): string {
  const { start, end } = daily ?? { start: 0, end: 0 };
  return `${clock(start)}-${clock(end)} UTC`;
}

function clock(ms: number): string {
  const minutes = Math.floor(ms / MINUTE_MS);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
