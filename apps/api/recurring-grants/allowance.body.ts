import { INTERVALS, type Interval } from '#calendar';
import { DEFAULT_RECURRING_PRIORITY, type PlanGrantExpiry } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { GrantScopeBody } from '../grants/grant.body.ts';
import { Describe } from '../openapi/describe.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { Nested } from '../validation/body-classes.ts';
import { NOT_GIVEN, together } from '../validation/given.ts';
import {
  IsAmount,
  IsCurrency,
  IsGrantExpiry,
  IsPercent,
  IsPositiveAmount,
  IsTimeZone,
  IsWhole,
} from '../validation/rules.ts';

const EVERY_MAX = 366;
const PERIODS_MAX = 1000;

export class RolloverBody {
  @Describe('The most credits that may have rolled over at once. Default: no bound.')
  @IsOptional()
  @IsAmount()
  readonly max?: string | null;

  @Describe('The percentage of what is left that rolls over. Default: 100.')
  @IsOptional()
  @IsPercent()
  readonly percent?: string | number | null;

  @Describe('For how many periods credits roll over before they expire. Default: no bound.')
  @IsOptional()
  @IsWhole(1, PERIODS_MAX)
  readonly periods?: number | null;
}

/** Only what expires with its period can roll over. */
export const ALLOWANCE_SCHEMA: JsonSchema = {
  allOf: [
    together('price', 'currency'),
    {
      anyOf: [{ properties: { rollover: NOT_GIVEN } }, { properties: { expires: { enum: ['end_of_period', null] } } }],
    },
  ],
};

/** What an allowance says, whether it is a plan's or the account's own. */
export class AllowanceBody {
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

  @Describe('The name of the time zone by whose calendar periods begin. Default: the account’s.')
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;

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
  @Nested(() => RolloverBody)
  readonly rollover?: RolloverBody | null;

  @Describe('What the credits may pay for. Default: anything.')
  @IsOptional()
  @Nested(() => GrantScopeBody)
  readonly scope?: GrantScopeBody | null;

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
