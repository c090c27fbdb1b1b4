import type { MarginGroup, UsageMarginRequest } from '#ledger-store';
import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { IsCurrency, IsInstant, IsMarginGroup, parseInstant } from '../validation/rules.ts';

const DEFAULT_GROUP = 'model';
const DAYS_30_MS = 30 * 86_400_000;
const TAG = 'tag.';

export class UsageMarginQuery {
  @Describe('From this instant on. Default: 30 days before `to`.')
  @IsOptional()
  @IsInstant()
  readonly from?: string;

  @Describe('Before this instant. Default: now.')
  @IsOptional()
  @IsInstant()
  readonly to?: string;

  @Describe('What each row is for: `model`, `provider`, `event`, `account`, `key`, or a tag, like `tag.team`.', {
    default: DEFAULT_GROUP,
  })
  @IsOptional()
  @IsMarginGroup()
  readonly group_by?: string;

  @Describe(
    'The ISO 4217 code of the currency of all money. Default: that of the settings, or USD. Money in another one isn’t converted.',
  )
  @IsOptional()
  @IsCurrency()
  readonly currency?: string;
}

type Asked = Pick<UsageMarginRequest, 'from' | 'to' | 'group' | 'tag'> & {
  /** The name of the column that says what a row is for. */
  readonly column: string;
  readonly currency: string | null;
};

/** @throws {ProblemError} `invalid_request` for a range that ends before it begins */
export function askedOf(query: UsageMarginQuery, now: number): Asked {
  const { group_by: column = DEFAULT_GROUP, currency } = query;
  const to = parseInstant(query.to) ?? now;
  const from = parseInstant(query.from) ?? Math.max(0, to - DAYS_30_MS);
  if (from > to) throw invalidRequest([{ field: 'from', message: 'must not be after to' }]);
  const tag = column.startsWith(TAG) ? column.slice(TAG.length) : null;
  const group = tag === null ? (column as MarginGroup) : 'tag';
  return { from, to, group, tag, column, currency: currency?.toUpperCase() ?? null };
}
