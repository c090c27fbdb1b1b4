import type { Draw } from './seeded-draw.ts';
import { partOf } from './picos.ts';
import { sameWeekday } from './usual-days.ts';

const WEEK = 7;
/**
 * What days differ by from the mean of their weekday is less than what they differ by from what the mean would be of many weeks: by
 * √(n ÷ (n − 1)) of n weeks. In thousandths, by the number of weeks.
 */
const WIDER = [0n, 1000n, 1414n, 1225n, 1155n] as const;
const THOUSAND = 1000n;
const WEEKS_MIN = 2;

/** Weeks that might have been instead: days drawn from the last ones. */
export interface LikelyDays {
  /** One possible course of the next days: what is used on each, by its number. Each call is another course. */
  course(days: number): readonly bigint[];
}

/**
 * A bootstrap in two stages. First, it draws the days that are taken for what is usual from the same weekdays of the past, because those
 * few weeks might have been others; then each coming day from these.
 *
 * @param past whole days, the oldest first, yesterday last; only whole weeks count, at most four
 * @returns `null` where the past is too short
 */
export function likelyDays(past: readonly bigint[], draw: Draw): LikelyDays | null {
  const weeks = Math.min(Math.floor(past.length / WEEK), WIDER.length - 1);
  if (weeks < WEEKS_MIN) return null;
  const recent = past.slice(past.length - weeks * WEEK);
  const samples = Array.from({ length: WEEK }, (_, ahead) => widened(sameWeekday(recent, ahead)));
  const drawnFrom = (days: readonly bigint[]): bigint => days[draw(days.length)] ?? 0n;
  return {
    course: (days) => {
      const usual = samples.map((alike) => alike.map(() => drawnFrom(alike)));
      return Array.from({ length: days }, (_, day) => drawnFrom(usual[day % WEEK] ?? []));
    },
  };
}

function widened(days: readonly bigint[]): readonly bigint[] {
  const mean = partOf(
    days.reduce((sum, used) => sum + used, 0n),
    1n,
    days.length,
  );
  const wider = WIDER[days.length] ?? THOUSAND;
  return days.map((used) => atLeastNothing(mean + ((used - mean) * wider) / THOUSAND));
}

function atLeastNothing(used: bigint): bigint {
  return used > 0n ? used : 0n;
}

/** The values that 10 % of all lie below, and 10 % above. @param values in any order; at least one */
export function bandOf<Value extends bigint | number>(values: readonly Value[]): { low: Value; high: Value } | null {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  const low = sorted[Math.floor(sorted.length / 10)];
  const high = sorted[sorted.length - 1 - Math.floor(sorted.length / 10)];
  return low === undefined || high === undefined ? null : { low, high };
}
