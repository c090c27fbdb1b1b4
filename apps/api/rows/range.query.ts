import type { Bucket } from '#calendar';
import { BUCKETS, bucketBounds } from '#calendar';
import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { IsInstant, IsTimeZone, parseInstant } from '../validation/rules.ts';

const DAYS_30_MS = 30 * 86_400_000;
/** Ten months of hours, or a week of minutes. */
/** Of minutes a week, of hours a year, of all others ten years or more: what takes a moment to compute and can still be shown. */
const BUCKETS_MAX: Readonly<Record<Bucket, number>> = {
  minute: 10_080,
  hour: 8784,
  day: 3660,
  week: 1200,
  month: 1200,
};

/** What a question about a range of time takes. */
export class RangeQuery {
  @Describe('From this instant on. Default: 30 days before `to`.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Before this instant. Default: now.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe(
    'The time zone whose hours, days, weeks and months are meant, like `Europe/Berlin`. Default: that of the `account`, or else UTC.',
  )
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** @throws {ProblemError} `invalid_request` for a range that ends before it begins */
export function rangeOf(query: RangeQuery, now: number): Range {
  const to = parseInstant(query.to) ?? now;
  const from = parseInstant(query.from) ?? Math.max(0, to - DAYS_30_MS);
  if (from > to) throw invalidRequest([{ field: 'from', message: 'must not be after to' }]);
  return { from, to };
}

/**
 * Where the buckets of a range begin, and where the last one ends.
 * @throws {ProblemError} `invalid_request` for a range of more buckets than are answered
 */
export function boundsOf(bucket: Bucket, timeZone: string, range: Range): readonly number[] {
  const bounds = bucketBounds(bucket, timeZone, range, BUCKETS_MAX[bucket]);
  if ((bounds.at(-1) ?? 0) >= range.to) return bounds;
  const larger = BUCKETS[BUCKETS.indexOf(bucket) + 1] ?? bucket;
  const message = `has more than ${String(BUCKETS_MAX[bucket])} buckets in this range; ask for bucket=${larger}, or for a shorter range`;
  throw invalidRequest([{ field: 'bucket', message }]);
}
