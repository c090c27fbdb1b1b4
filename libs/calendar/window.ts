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

/** The window of each zone, period and anchor that was asked for last: nearly always the one that is asked for next. */
const lastWindows = new Map<string, Window>();
/** There are some 600 zones; more entries are anchors, and other spellings of zones. */
const LAST_WINDOWS_MAX = 20_000;

/**
 * The day, week or month that an instant belongs to, by the calendar of a time zone. Without an anchor it starts and ends at the first
 * instant of a day, which isn't midnight where clocks are set forward over it.
 *
 * With one, periods are counted from there, in both directions: each starts when clocks show the anchor's time of day, on its day of
 * the week or the month, or the last day of a shorter month. Where clocks are set forward over that time it starts as much later,
 * where they show it twice, the first time.
 *
 * @param timeZone an IANA name
 * @param at milliseconds since 1970
 * @param anchor milliseconds since 1970; it says nothing about `total`
 * @throws RangeError where there is no such time zone
 */
export function windowOf(period: Period, timeZone: string, at: number, anchor: number | null = null): Window {
  if (period === 'total') return ALL_OF_TIME;
  const name = `${period} ${timeZone} ${String(anchor)}`;
  const last = lastWindows.get(name);
  if (last && contains(last, at)) return last;
  const window = anchor === null ? findWindow(period, timeZone, at) : findAnchoredWindow(period, timeZone, at, anchor);
  if (lastWindows.size >= LAST_WINDOWS_MAX) lastWindows.clear();
  lastWindows.set(name, window);
  return window;
}

function contains({ start, end }: Window, at: number): boolean {
  return start <= at && (end === null || at < end);
}

function findWindow(period: Exclude<Period, 'total'>, timeZone: string, at: number): Window {
  let first = firstDay(period, localTime(at, timeZone).toPlainDate());
  for (;;) {
    const next = first.add({ [`${period}s`]: 1 });
    const window = { start: startOf(first, timeZone), end: startOf(next, timeZone) };
    if (at < window.end) return window;
    // Clocks were set back past midnight, and it is the evening before once more: that is part of the day that had begun.
    first = next;
  }
}

function findAnchoredWindow(period: Exclude<Period, 'total'>, timeZone: string, at: number, anchor: number): Window {
  const first = localTime(anchor, timeZone);
  const unit = `${period}s` as const;
  // All are counted from the anchor, not from each other: after a shorter month it is the 31st again.
  const startOfPeriod = (count: number): number =>
    count === 0 ? anchor : first.add({ [unit]: count }).toZonedDateTime(timeZone).epochMilliseconds;
  // What clocks show counts nearly right: set back or forward, they are up to a day off.
  let count = first.until(localTime(at, timeZone), { largestUnit: unit })[unit];
  while (at < startOfPeriod(count)) count -= 1;
  while (at >= startOfPeriod(count + 1)) count += 1;
  return { start: startOfPeriod(count), end: startOfPeriod(count + 1) };
}

function localTime(at: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
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
