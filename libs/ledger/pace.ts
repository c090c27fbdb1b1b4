import { ZERO, type Amount } from './amount.ts';

/** How fast an account uses its credits: all it ever used, and what that was at some instants of the last hour. */
export interface Pace {
  total: Amount;
  /** Oldest first; times by the account's clock, in milliseconds since 1970. */
  marks: readonly PaceMark[];
}

export interface PaceMark {
  readonly at: number;
  readonly total: Amount;
}

export interface Forecast {
  /** For how many hours what is posted lasts, at the last hour's rate, to a tenth; 0 where nothing is left. */
  readonly hoursLeft: Amount;
  readonly usedLastHour: Amount;
}

const HOUR_MS = 60 * 60 * 1000;
/** So an hour is known to five minutes, by at most 12 marks. */
const MARK_MS = 5 * 60 * 1000;

export function noPace(): Pace {
  return { total: ZERO, marks: [] };
}

/** Notes usage. @returns whether it made a mark, which is to be stored */
export function noteUsage(pace: Pace, amount: Amount, now: number): boolean {
  const last = pace.marks.at(-1);
  const isDue = last === undefined || now - last.at >= MARK_MS;
  if (isDue) pace.marks = [...marksOfLastHour(pace, now), { at: now, total: pace.total }];
  pace.total = pace.total.plus(amount);
  return isDue;
}

/** @returns `null` where nothing was used in the last hour */
export function forecast(pace: Pace, posted: Amount, now: number): Forecast | null {
  const [first] = marksOfLastHour(pace, now);
  if (!first) return null;
  const usedLastHour = pace.total.minus(first.total);
  const hoursLeft = posted.gt(ZERO) ? posted.div(usedLastHour).toDecimalPlaces(1) : ZERO;
  return { hoursLeft, usedLastHour };
}

/** All that was used between a mark and the next was used within five minutes of the first of them. */
function marksOfLastHour({ marks }: Pace, now: number): readonly PaceMark[] {
  return marks.filter(({ at }) => now - at < HOUR_MS);
}
