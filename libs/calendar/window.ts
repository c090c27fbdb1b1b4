import { Temporal } from 'temporal-polyfill';

/** `week` begins on Monday; `total` is all of time. */
export type Period = 'day' | 'week' | 'month' | 'total';

/** A stretch of time, in milliseconds since 1970: `start` belongs to it, `end` doesn't. `null`: it never ends. */
export interface Window {
  readonly start: number;
  readonly end: number | null;
}

/** It starts before anything that is counted. */
const ALL_OF_TIME: Window = { start: 0, end: null };

/** The window of each zone and period that was asked for last: nearly always the one that is asked for next. */
const lastWindows = new Map<string, Window>();
/** There are some 600 zones; more entries are other spellings of them. */
const LAST_WINDOWS_MAX = 5000;

/**
 * The day, week or month that an instant belongs to, by the calendar of a time zone. It starts and ends at the first instant of a
 * day, which isn't midnight where clocks are set forward over it.
 *
 * @param timeZone an IANA name
 * @param at milliseconds since 1970
 * @throws RangeError where there is no such time zone
 */
export function windowOf(period: Period, timeZone: string, at: number): Window {
  if (period === 'total') return ALL_OF_TIME;
  const name = `${period} ${timeZone}`;
  const last = lastWindows.get(name);
  if (last && contains(last, at)) return last;
  const window = findWindow(period, timeZone, at);
  if (lastWindows.size >= LAST_WINDOWS_MAX) lastWindows.clear();
  lastWindows.set(name, window);
  return window;
}

function contains({ start, end }: Window, at: number): boolean {
  return start <= at && (end === null || at < end);
}

function findWindow(period: Exclude<Period, 'total'>, timeZone: string, at: number): Window {
  let first = firstDay(period, Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate());
  for (;;) {
    const next = first.add({ [`${period}s`]: 1 });
    const window = { start: startOf(first, timeZone), end: startOf(next, timeZone) };
    if (at < window.end) return window;
    // Clocks were set back past midnight, and it is the evening before once more: that is part of the day that had begun.
    first = next;
  }
}

function firstDay(period: Exclude<Period, 'total'>, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (period) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
  }
}

function startOf(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime(timeZone).epochMilliseconds;
}
