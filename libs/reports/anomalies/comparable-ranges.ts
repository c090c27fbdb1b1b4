import type { Anomaly } from './anomaly.ts';
import type { Range } from './change-reader.ts';
import { HOUR_MS } from './unusual-hour.ts';

const WEEK_MS = 7 * 24 * HOUR_MS;

/** What an episode is compared with: the same hours of the week before, or of as many weeks before as it takes not to overlap. */
export function comparableRanges({ startedAt, lastHour }: Pick<Anomaly, 'startedAt' | 'lastHour'>): {
  readonly before: Range;
  readonly after: Range;
} {
  const after = { from: startedAt, to: lastHour + HOUR_MS };
  const ago = Math.ceil((after.to - after.from) / WEEK_MS) * WEEK_MS;
  return { before: { from: after.from - ago, to: after.to - ago }, after };
}
