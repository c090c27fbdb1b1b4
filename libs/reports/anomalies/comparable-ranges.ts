import type { Anomaly } from './anomaly.ts';
import type { Range } from './change-reader.ts';
import { HOUR_MS } from './unusual-hour.ts';

const WEEK_MS = 7 * 24 * HOUR_MS;

/** What an episode is compared with: the same hours of an earlier week. */
export function comparableRanges({ startedAt, lastHour }: Pick<Anomaly, 'startedAt' | 'lastHour'>): {
  readonly before: Range;
  readonly after: Range;
} {
  const after = { from: startedAt, to: lastHour + HOUR_MS };
  return { before: weeksBefore(after), after };
}

/** The same days of the week and times, as few weeks before as it takes not to overlap. */
export function weeksBefore({ from, to }: Range): Range {
  const ago = Math.max(Math.ceil((to - from) / WEEK_MS), 1) * WEEK_MS;
  return { from: from - ago, to: to - ago };
}
