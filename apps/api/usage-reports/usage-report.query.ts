import type { Bucket } from '#calendar';
import { METRICS, type Metric, type UsageGroup } from '#reports';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { RangeQuery } from '../rows/range.query.ts';
import { ROW_FORMATS, type RowFormat } from '../rows/row-format.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { Gathered } from '../validation/body-classes.ts';
import { IsAccountId, IsKeyId, IsText, IsTop, IsUsageGroups } from '../validation/rules.ts';
import { IsTagParameters } from '../validation/tags.ts';

export const USAGE_BUCKETS = ['hour', 'day', 'week', 'month'] as const satisfies readonly Bucket[];
const DEFAULT_BUCKET = 'day';
const DEFAULT_METRIC = 'credits';
/** What an account's own key never sees. */
const MONEY: readonly Metric[] = ['revenue', 'cost', 'margin'];

export class UsageReportQuery extends RangeQuery {
  @Describe('How long a bucket is.', { default: DEFAULT_BUCKET })
  @IsOptional()
  @IsIn(USAGE_BUCKETS)
  readonly bucket?: (typeof USAGE_BUCKETS)[number];

  @Describe(
    'What rows are grouped by: `model`, `event`, `provider`, `key`, `account` or tags, like `model,tag.user`. Left out: one row for each bucket.',
  )
  @IsOptional()
  @IsUsageGroups()
  readonly group_by?: string;

  @Describe('Only usage of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only usage of this model; `(none)`: of none.')
  @IsOptional()
  @IsText(1, 128)
  readonly model?: string;

  @Describe('Only usage of this event.')
  @IsOptional()
  @IsText(1, 128)
  readonly event?: string;

  @Describe('Only usage that was asked for with this API key.')
  @IsOptional()
  @IsKeyId()
  readonly key?: string;

  @Describe('Only usage with these tags: `tag.user=u-184`.')
  @Gathered
  @IsOptional()
  @IsTagParameters()
  readonly tag?: Readonly<Record<string, string>>;

  @Describe('What rows are ordered by in each bucket, the most first, and what `top` goes by.', {
    default: DEFAULT_METRIC,
  })
  @IsOptional()
  @IsIn(METRICS)
  readonly metric?: Metric;

  @Describe(
    'Only so many groups are shown by themselves, those with the most of the metric in the whole range; the rest is `(other)`.',
  )
  @IsOptional()
  @IsTop()
  readonly top?: string;

  @Describe(
    '`json`, or the same rows as a file: `csv` or `jsonl`. Default: what the header `Accept` names, or else `json`.',
  )
  @IsOptional()
  @IsIn(ROW_FORMATS)
  readonly format?: RowFormat;
}

/** What rows are of, and in which order. */
export interface UsageShape {
  readonly bucket: (typeof USAGE_BUCKETS)[number];
  readonly groups: readonly UsageGroup[];
  readonly metric: Metric;
  /** `null`: all of them. */
  readonly top: number | null;
}

/** @throws {ProblemError} `invalid_request` where the caller asks for money that it doesn't see */
export function usageShape(query: UsageReportQuery, seesMoney: boolean): UsageShape {
  const { bucket = DEFAULT_BUCKET, group_by, metric = DEFAULT_METRIC, top } = query;
  if (!seesMoney && MONEY.includes(metric)) {
    throw invalidRequest([{ field: 'metric', message: 'must be one of: requests, credits, uncollected, refunded' }]);
  }
  const groups = group_by === undefined ? [] : ([...new Set(group_by.split(','))] as UsageGroup[]);
  return { bucket, groups, metric, top: top === undefined ? null : Number(top) };
}
