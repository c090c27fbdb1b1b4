import { Temporal } from 'temporal-polyfill';

export const INTERVALS = ['day', 'week', 'month', 'year'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Something that begins anew after every so many days, weeks, months or years. */
export interface Recurrence {
  readonly interval: Interval;
  /** After how many intervals it begins anew: at least 1. */
  readonly every: number;
  /** When it begins for the first time, in milliseconds since 1970: the beginning of number 0. */
  readonly anchor: number;
  /** An IANA name. */
  readonly timeZone: string;
}

/**
 * When a period begins, in milliseconds since 1970. All are counted from the anchor, and not from each other, by the clocks of the time
 * zone: after a shorter month, whose last day it is then, it is the 31st again. Where clocks are set forward over the anchor's time of
 * day, the period begins as much later; where they show it twice, the first time.
 *
 * @param number of the period; 0 begins at the anchor, and there are periods before it
 * @throws RangeError where there is no such time zone
 */
export function beginningOf({ interval, every, anchor, timeZone }: Recurrence, number: number): number {
  if (number === 0) return anchor;
  const first = localTime(anchor, timeZone);
  return first.add({ [`${interval}s`]: number * every }).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The number of the period that an instant belongs to. @param at milliseconds since 1970 */
export function periodAt(recurrence: Recurrence, at: number): number {
  const { interval, every, anchor, timeZone } = recurrence;
  const unit = `${interval}s` as const;
  // What clocks show counts nearly right: set back or forward, they are up to a day off.
  const passed = localTime(anchor, timeZone).until(localTime(at, timeZone), { largestUnit: unit })[unit];
  let number = Math.floor(passed / every);
  while (at < beginningOf(recurrence, number)) number -= 1;
  while (at >= beginningOf(recurrence, number + 1)) number += 1;
  return number;
}

function localTime(at: number, timeZone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
}
