import { BUCKETS, type Bucket } from '#calendar';
import { isDecline, REFUSAL_CODES, type RefusalCode } from '#ledger';
import type { DeclineGroup } from '#ledger-store';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { ROW_FORMATS, type RowFormat } from '../rows/row-format.ts';
import { RangeQuery } from '../rows/range.query.ts';
import { Gathered } from '../validation/body-classes.ts';
import { IsAccountId, IsDeclineGroups } from '../validation/rules.ts';
import { IsTagParameters } from '../validation/tags.ts';

const DECLINE_REASONS: readonly RefusalCode[] = REFUSAL_CODES.filter(isDecline);

export class DeclineQuery extends RangeQuery {
  @Describe('Only requests of this account.')
  @IsOptional()
  @IsAccountId()
  readonly account?: string;

  @Describe('Only requests that were declined for this reason: the `code` of the problem.')
  @IsOptional()
  @IsIn(DECLINE_REASONS)
  readonly reason?: RefusalCode;

  @Describe('Only requests with these tags: `tag.user=u-184`. Tags are counted if the settings report them.')
  @Gathered
  @IsOptional()
  @IsTagParameters()
  readonly tag?: Readonly<Record<string, string>>;

  @Describe('What each row is about.', { default: 'day' })
  @IsOptional()
  @IsIn(BUCKETS)
  readonly bucket?: Bucket;

  @Describe('What rows are grouped by besides: `reason`, `account` or tags, like `reason,tag.user`.', {
    default: 'reason',
  })
  @IsOptional()
  @IsDeclineGroups()
  readonly group_by?: string;

  @Describe(
    '`json`, or the same rows as a file: `csv` or `jsonl`. Default: what the header `Accept` names, or else `json`.',
  )
  @IsOptional()
  @IsIn(ROW_FORMATS)
  readonly format?: RowFormat;
}

export function declineGroups({ group_by = 'reason' }: DeclineQuery): readonly DeclineGroup[] {
  return [...new Set(group_by.split(','))] as readonly DeclineGroup[];
}
