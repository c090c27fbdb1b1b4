import type { ConditionalPrice, ModelInfo } from '@pydantic/genai-prices';
import { Amount, ZERO } from '#amounts';
import { type ExactPrices, exactPrices } from './exact-prices.ts';

const DAY_MS = 86_400_000;

/** Prices that hold from an instant on, or during hours of the day (UTC, milliseconds since midnight), or always. */
export interface DatedPrices {
  readonly from: number | null;
  readonly daily: { readonly start: number; readonly end: number } | null;
  /** `null`: unknown. */
  readonly prices: ExactPrices | null;
}

/** Stated in the vendor's documentation, and nowhere in the data. */
const LEAST_SECONDS: ReadonlyMap<string, Amount> = new Map([
  ['groq/whisper-large-v3', new Amount(10)],
  ['groq/whisper-large-v3-turbo', new Amount(10)],
]);

/** A model's prices in the order in which they are written: where several hold, the last does. */
export function datedPrices(provider: string, { id, prices }: ModelInfo): readonly DatedPrices[] {
  const leastSeconds = LEAST_SECONDS.get(`${provider}/${id}`) ?? ZERO;
  if (!Array.isArray(prices)) return [{ from: null, daily: null, prices: exactPrices(prices, leastSeconds) }];
  return prices.map(({ constraint, prices }: ConditionalPrice) => {
    const exact = exactPrices(prices, leastSeconds);
    if (constraint === undefined) return { from: null, daily: null, prices: exact };
    if (constraint.type === 'start_date')
      return { from: Date.parse(constraint.start_date), daily: null, prices: exact };
    const daily = { start: timeOfDay(constraint.start_time), end: timeOfDay(constraint.end_time) };
    return { from: null, daily, prices: exact };
  });
}

/** The prices in effect at an instant; the first where none is yet. */
export function pricesAt(dated: readonly DatedPrices[], at: number): DatedPrices | undefined {
  return (
    dated.findLast(({ from, daily }) => (from === null || at >= from) && (daily === null || isWithin(daily, at))) ??
    dated[0]
  );
}

function isWithin({ start, end }: { start: number; end: number }, at: number): boolean {
  const time = ((at % DAY_MS) + DAY_MS) % DAY_MS;
  return start <= end ? time >= start && time < end : time >= start || time < end;
}

/** Of `16:30:00Z`; an offset in place of the Z is taken off. */
function timeOfDay(text: string): number {
  const ms = Date.parse(`1970-01-01T${text}`);
  return ((ms % DAY_MS) + DAY_MS) % DAY_MS;
}
