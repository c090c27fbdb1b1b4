import { Temporal } from 'temporal-polyfill';
import { windowOf } from './window.ts';

export const BUCKETS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Bucket = (typeof BUCKETS)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** By as much as clocks are set at least. */
const STEP_MS = 15 * MINUTE_MS;

/**
 * Where the buckets of a range begin, in order, and where the last one ends: by the calendar of a time zone, without a gap or an overlap. The
 * first one may begin before the range, and the last one end after it. An hour is one that clocks show: where they are set back by less
 * than an hour it is longer, where they are set forward shorter.
 *
 * @param range in milliseconds since 1970: `from` belongs to it, `to` doesn't
 * @param countMax of more buckets, the rest is left out
 * @throws RangeError where there is no such time zone
 */
export function bucketBounds(
  bucket: Bucket,
  timeZone: string,
  { from, to }: { readonly from: number; readonly to: number },
  countMax: number,
): number[] {
  const bounds: number[] = [];
  let { start, end } = bucketAt(bucket, timeZone, from);
  while (bounds.length < countMax) {
    bounds.push(start);
    if (end >= to) break;
    ({ start, end } = bucketAt(bucket, timeZone, end));
  }
  return [...bounds, end];
}

function bucketAt(bucket: Bucket, timeZone: string, at: number): { readonly start: number; readonly end: number } {
  if (bucket === 'minute') {
    const start = at - (at % MINUTE_MS);
    return { start, end: start + MINUTE_MS };
  }
  if (bucket === 'hour') {
    // On nearly all days no clock is set: then hours follow each other, and looking each up would take a hundred times as long.
    const day = windowOf('day', timeZone, at);
    if (day.end === day.start + DAY_MS) {
      const full = at - ((at - day.start) % HOUR_MS);
      return { start: full, end: full + HOUR_MS };
    }
    const start = startOfHour(timeZone, at);
    let next = start + HOUR_MS;
    while (startOfHour(timeZone, next) <= start) next += STEP_MS;
    return { start, end: startOfHour(timeZone, next) };
  }
  const { start, end } = windowOf(bucket, timeZone, at);
  if (end === null) throw new Error(`a ${bucket} has no end`);
  return { start, end };
}

/** Clocks may be set forward over the full hour, and begin it later. */
function startOfHour(timeZone: string, at: number): number {
  const time = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  return time.round({ smallestUnit: 'hour', roundingMode: 'floor' }).epochMilliseconds;
}
