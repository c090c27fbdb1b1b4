import { GRANT_CATEGORIES, type GrantCategory } from '#ledger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { IsInstant } from '../validation/rules.ts';
import { ALLOWANCE_SCHEMA, AllowanceBody } from './allowance.body.ts';

@DescribeBody(ALLOWANCE_SCHEMA)
export class PutRecurringGrantBody extends AllowanceBody {
  @Describe('An instant at which a period begins; the others are counted from there. Default: when it starts.')
  @IsOptional()
  @IsInstant()
  readonly anchor?: string | null;

  @Describe('Where the credits come from.', { default: 'included' })
  @IsOptional()
  @IsIn(GRANT_CATEGORIES)
  readonly category?: GrantCategory | null;

  @Describe('When the first period begins; no period is granted for a time before now. Default: now, or as before.')
  @IsOptional()
  @IsInstant()
  readonly starts_at?: string | null;

  @Describe('No period begins then or later. Default: it has no end.')
  @IsOptional()
  @IsInstant()
  readonly ends_at?: string | null;

  @Describe('Whether a first period that is shorter than the others brings as much less.', { default: false })
  @IsOptional()
  @IsBoolean()
  readonly prorate_first?: boolean | null;
}
