import { INTERVALS, type Interval } from '#calendar';
import { DEFAULT_RECURRING_PRIORITY, GRANT_CATEGORIES, type GrantCategory, type PlanGrantExpiry } from '#ledger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { GrantScopeBody } from '../grants/grant.body.ts';
import { Describe } from '../openapi/describe.ts';
import { EVERY_MAX, PlanRolloverBody } from '../plans/plan.body.ts';
import { Nested } from '../validation/body-classes.ts';
import {
  IsAmount,
  IsCurrency,
  IsGrantExpiry,
  IsInstant,
  IsPositiveAmount,
  IsTimeZone,
  IsWhole,
} from '../validation/rules.ts';

export class PutRecurringGrantBody {
  @Describe('The credits of each period.')
  @IsPositiveAmount()
  readonly amount!: string;

  @Describe('What a period is made of.')
  @IsIn(INTERVALS)
  readonly interval!: Interval;

  @Describe('How many of them make a period.', { default: 1 })
  @IsOptional()
  @IsWhole(1, EVERY_MAX)
  readonly every?: number | null;

  @Describe('An instant at which a period begins; the others are counted from there. Default: when it starts.')
  @IsOptional()
  @IsInstant()
  readonly anchor?: string | null;

  @Describe('The name of the time zone by whose calendar periods begin. Default: the account’s.')
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;

  @Describe('Where the credits come from.', { default: 'included' })
  @IsOptional()
  @IsIn(GRANT_CATEGORIES)
  readonly category?: GrantCategory | null;

  @Describe('Grants with a lower priority are spent first.', { default: DEFAULT_RECURRING_PRIORITY })
  @IsOptional()
  @IsWhole(0, 255)
  readonly priority?: number | null;

  @Describe('When the credits of a period expire: `end_of_period`, `never`, or after so many seconds.', {
    default: 'end_of_period',
  })
  @IsOptional()
  @IsGrantExpiry()
  readonly expires?: PlanGrantExpiry | null;

  @Describe('What is left at the end of a period rolls over into a grant of its own. Default: nothing does.')
  @IsOptional()
  @Nested(() => PlanRolloverBody)
  readonly rollover?: PlanRolloverBody | null;

  @Describe('What the credits may pay for. Default: anything.')
  @IsOptional()
  @Nested(() => GrantScopeBody)
  readonly scope?: GrantScopeBody | null;

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

  @Describe(
    'Money paid for a period, for reports of margin; with `currency`. Purser doesn’t collect it. Default: none.',
  )
  @IsOptional()
  @IsAmount()
  readonly price?: string | null;

  @Describe('The ISO 4217 code of the price’s currency.')
  @IsOptional()
  @IsCurrency()
  readonly currency?: string | null;
}
