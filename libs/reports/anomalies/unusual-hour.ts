import { Amount, ZERO } from '#amounts';
import { medianOf } from '#ledger';

export const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;
/** What is usual is taken from so many days before the day of the hour. */
export const USUAL_DAYS = 28;
/** With fewer days of use before there is no saying what is usual. */
const ACTIVE_DAYS_MIN = 3;
/** From so many days on, an hour is compared with the same hours of other days alone. */
const SAME_HOURS_MIN = 7;

/** The standard deviation of what is normally distributed is so many median absolute deviations. */
const DEVIATION = new Amount('1.4826');
const DEVIATIONS = 6;
const HALF = new Amount('0.5');
/** Nothing is unusual that isn't half as much again as the busiest hour of a usual day. */
const BEYOND_BUSIEST = new Amount('1.5');

/** What was used in each hour, by when it began, in milliseconds since 1970; hours are those of UTC. Nothing was used in others. */
export type HourlyUsage = ReadonlyMap<number, Amount>;

/** An hour beside what is usual. */
export interface JudgedHour {
  readonly hour: number;
  readonly used: Amount;
  /** The median of what it is compared with. */
  readonly usual: Amount;
  /** It is unusual to use more. */
  readonly threshold: Amount;
}

/**
 * Judges an hour by those before its day. What the day itself has used says nothing about what is usual.
 *
 * @param from the first hour of which anything is known
 * @returns `null` where too little is known
 */
export function judgeHour(usage: HourlyUsage, hour: number, from: number): JudgedHour | null {
  const floor = unusualBeyond(usage, hour);
  if (floor === null) return null;
  const samples = comparedWith(usage, hour, from);
  const usual = medianOf(samples);
  const threshold = usual.plus(leeway(samples, usual, floor.minus(usual)));
  return { hour, used: usage.get(hour) ?? ZERO, usual, threshold };
}

export function isUnusual({ used, threshold }: JudgedHour): boolean {
  return used.gt(threshold);
}

/** How much more than the median is nothing unusual: six standard deviations, half of the median, and a floor. */
export function leeway(samples: readonly Amount[], median: Amount, floor: Amount): Amount {
  const deviation = medianOf(samples.map((sample) => sample.minus(median).abs()));
  const wide = deviation.times(DEVIATION).times(DEVIATIONS).toDecimalPlaces(12);
  return Amount.max(wide, median.times(HALF), floor);
}

/** What no hour of the day is unusual below, whatever is usual in it; `null` where none is unusual. */
export function unusualBeyond(usage: HourlyUsage, hour: number): Amount | null {
  return busiestHour(usage, hour)?.times(BEYOND_BUSIEST) ?? null;
}

/**
 * The busiest hour of a usual day: the median of the busiest hours of all days on which anything was used. Who works once a day, at
 * another hour each day, uses more than usual in none of them.
 *
 * @returns `null` where there were too few such days
 */
function busiestHour(usage: HourlyUsage, hour: number): Amount | null {
  const today = startOfDay(hour);
  const peaks = new Map<number, Amount>();
  for (const [at, used] of usage) {
    const day = startOfDay(at);
    if (day >= today || day < today - USUAL_DAYS * DAY_MS || !used.gt(ZERO)) continue;
    peaks.set(day, Amount.max(used, peaks.get(day) ?? ZERO));
  }
  return peaks.size < ACTIVE_DAYS_MIN ? null : medianOf([...peaks.values()]);
}

/** The same hours of the days before; all hours, where those are too few. */
function comparedWith(usage: HourlyUsage, hour: number, from: number): readonly Amount[] {
  const first = Math.max(from, hour - USUAL_DAYS * DAY_MS);
  const step = hour - first >= SAME_HOURS_MIN * DAY_MS ? DAY_MS : HOUR_MS;
  const samples: Amount[] = [];
  const today = startOfDay(hour);
  for (let at = hour - step; at >= first; at -= step) {
    if (at < today) samples.push(usage.get(at) ?? ZERO);
  }
  return samples;
}

/** Of UTC. */
export function startOfDay(at: number): number {
  return at - (at % DAY_MS);
}

export function startOfHour(at: number): number {
  return at - (at % HOUR_MS);
}
