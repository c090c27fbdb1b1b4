import {
  PROVIDERS,
  TOPUP_BALANCES,
  TOPUP_CAP_PERIODS,
  type ProviderName,
  type TopupBalance,
  type TopupCap,
} from '#ledger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { Nested } from '../validation/body-classes.ts';
import { GIVEN, NOT_GIVEN } from '../validation/given.ts';
import { IsAmount, IsPositiveAmount, IsText, IsWhole } from '../validation/rules.ts';

const COOLDOWN_SECONDS_MAX = 366 * 24 * 60 * 60;
const TOPUPS_MAX = 10_000;
const PROVIDER_ID_LENGTH_MAX = 255;

@DescribeBody({
  anyOf: [
    { required: ['count'], properties: { count: GIVEN } },
    { required: ['amount'], properties: { amount: GIVEN } },
  ],
})
export class TopupCapBody {
  @Describe('`day`, `week` (from Monday) or `month`, by the account’s calendar.')
  @IsIn(TOPUP_CAP_PERIODS)
  readonly period!: TopupCap['period'];

  @Describe('How many purchases. Default: any number.')
  @IsOptional()
  @IsWhole(1, TOPUPS_MAX)
  readonly count?: number | null;

  @Describe('How many credits, without bonus. Default: any amount.')
  @IsOptional()
  @IsPositiveAmount()
  readonly amount?: string | null;
}

const SIZES = ['amount', 'target', 'package'] as const;

/** Just this one of the three is given. */
function only(size: (typeof SIZES)[number]): JsonSchema {
  const properties = Object.fromEntries(SIZES.map((one) => [one, one === size ? GIVEN : NOT_GIVEN]));
  return { required: [size], properties };
}

@DescribeBody({
  allOf: [
    { anyOf: SIZES.map(only) },
    {
      anyOf: [
        { properties: { provider: { enum: ['manual', 'test'] } } },
        { required: ['payment_method'], properties: { payment_method: GIVEN } },
      ],
    },
  ],
})
export class AutoTopupBody {
  @Describe('Whether the rule buys anything.', { default: true })
  @IsOptional()
  @IsBoolean()
  readonly enabled?: boolean | null;

  @Describe('The rule buys credits if the balance is this or lower.')
  @IsAmount()
  readonly threshold!: string;

  @Describe('Which balance: `available`, so that holds count, or `posted`.', { default: 'available' })
  @IsOptional()
  @IsIn(TOPUP_BALANCES)
  readonly on?: TopupBalance | null;

  @Describe('How many credits the rule buys; instead of `target` and `package`.')
  @IsOptional()
  @IsPositiveAmount()
  readonly amount?: string | null;

  @Describe('The balance that the rule buys up to, more than the threshold; instead of `amount` and `package`.')
  @IsOptional()
  @IsPositiveAmount()
  readonly target?: string | null;

  @Describe('The id of the credit package that the rule buys; instead of `amount` and `target`.')
  @IsOptional()
  @IsText(1, 64)
  readonly package?: string | null;

  @Describe('Who collects the payments: `stripe`, `manual` (you confirm each of them) or, except in live, `test`.')
  @IsIn(PROVIDERS)
  readonly provider!: ProviderName;

  @Describe('The provider’s id of what is charged. `stripe` needs one; `test` takes `pm_ok` by default.')
  @IsOptional()
  @IsText(1, PROVIDER_ID_LENGTH_MAX)
  readonly payment_method?: string | null;

  @Describe('The provider’s id of the customer. Default: none.')
  @IsOptional()
  @IsText(1, PROVIDER_ID_LENGTH_MAX)
  readonly customer?: string | null;

  @Describe('How many seconds pass from the beginning of one purchase to that of the next, at least.', { default: 0 })
  @IsOptional()
  @IsWhole(0, COOLDOWN_SECONDS_MAX)
  readonly cooldown?: number | null;

  @Describe('The most that the rule buys in a period. Default: no limit.')
  @IsOptional()
  @Nested(() => TopupCapBody)
  readonly max_per_period?: TopupCapBody | null;
}
