import { TOKEN_TYPE, type UsageGrouping } from '#reports';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { IsCurrency, IsInstant, IsMarginGroup, IsTimeZone, parseInstant } from '../validation/rules.ts';
import { RangeQuery } from './range.query.ts';
import { askedRange, QUARTER_MS, type AskedRange } from './report.query.ts';

const DEFAULT_GROUP = 'model';
const DAYS_30_MS = 30 * 86_400_000;
const TAG = 'tag.';
const USER = 'user';

export class UsageMarginQuery extends RangeQuery {
  @Describe('From this instant on, rounded down to a quarter of an hour. Default: 30 days before `to`.')
  @IsOptional()
  @IsInstant()
  override readonly from?: string;

  @Describe('Before this instant, rounded up to a quarter of an hour. Default: now.')
  @IsOptional()
  @IsInstant()
  override readonly to?: string;

  @Describe(
    'What each row is for: `model`, `provider`, `event`, `account`, `key`, `token_type`, `user` (the tag of that name), or another tag, like `tag.team`.',
    { default: DEFAULT_GROUP },
  )
  @IsOptional()
  @IsMarginGroup()
  readonly group_by?: string;

  @Describe('`day`: rows of each day by themselves. Default: of the whole range.')
  @IsOptional()
  @IsIn(['day'])
  readonly bucket?: 'day';

  @Describe('By whose calendar days, and the month of `period`, begin. Default: the environment’s own time zone.')
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string;

  @Describe(
    'The ISO 4217 code of the currency of all money. Default: that of the settings, or USD. Money in another one isn’t converted.',
  )
  @IsOptional()
  @IsCurrency()
  readonly currency?: string;
}

interface AskedGrouping {
  readonly grouping: UsageGrouping;
  /** The name of the column that says what a row is for. */
  readonly column: string;
}

export function groupingOf({ group_by: column = DEFAULT_GROUP }: UsageMarginQuery): AskedGrouping {
  if (column.startsWith(TAG)) return { column, grouping: { by: 'tag', tag: column.slice(TAG.length) } };
  switch (column) {
    case USER:
      return { column, grouping: { by: 'tag', tag: USER } };
    case 'model':
    case 'provider':
    case 'event':
    case 'account':
    case 'key':
    case TOKEN_TYPE:
      return { column, grouping: { by: column } };
    default:
      throw new Error(`${column} was not checked`);
  }
}

/**
 * The last 30 days where nothing is said; rounded outwards to full quarters of an hour.
 *
 * @throws {ProblemError} `invalid_request` for a range that makes no sense
 */
export function marginRange(query: UsageMarginQuery, timeZone: string, now: number): AskedRange {
  if (query.period !== undefined) return askedRange(query, timeZone, now);
  const end = parseInstant(query.to) ?? now + 1;
  const start = parseInstant(query.from) ?? Math.max(0, end - DAYS_30_MS);
  if (start > end) throw invalidRequest([{ field: 'from', message: 'must not be after to' }]);
  const from = Math.floor(start / QUARTER_MS) * QUARTER_MS;
  return { period: null, from, to: Math.ceil(end / QUARTER_MS) * QUARTER_MS };
}
