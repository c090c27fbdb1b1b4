import { ACTIONS, OPEN_HOLDS_RULE_MAX, RATE_PERIODS, RULES_MAX, type Action, type RatePeriod } from '#ledger';
import { IsBoolean, IsIn, IsOptional, ValidateIf } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { NestedList } from '../validation/body-classes.ts';
import { IsFactor, IsPositiveAmount, IsRateAmount, IsRateRequests, IsText, IsWhole } from '../validation/rules.ts';

const TOKENS_MAX = 100_000_000;
const DAY_SECONDS = 24 * 60 * 60;
const REACTION_SECONDS_MAX = 366 * DAY_SECONDS;
const LOOP_TIMES_MAX = 10_000;

const TAG =
  'The tag of whose values each has one of its own; requests without the tag share one. Default: one for the account.';

@DescribeBody({
  anyOf: [
    { required: ['amount'], properties: { amount: { type: 'string' }, requests: { type: 'null' } } },
    { required: ['requests'], properties: { requests: { type: 'integer' }, amount: { type: 'null' } } },
  ],
})
export class RateBody {
  @Describe('The credits per period: what is held counts, and what isn’t used comes back.')
  @ValidateIf((body: RateBody) => isGiven(body.amount) || !isGiven(body.requests))
  @IsRateAmount()
  readonly amount?: string | null;

  @Describe('The requests per period, instead of an amount.')
  @IsOptional()
  @IsRateRequests()
  readonly requests?: number | null;

  @Describe('The period. All may be used at once, and comes back evenly.')
  @IsIn(RATE_PERIODS)
  readonly per!: RatePeriod;

  @Describe(TAG)
  @IsOptional()
  @IsText(1, 64)
  readonly tag?: string | null;
}

export class NapBody {
  @Describe('A reply of more output tokens than these begins the nap.')
  @IsWhole(1, TOKENS_MAX)
  readonly over_output_tokens!: number;

  @Describe('For how many seconds further requests are declined.')
  @IsWhole(1, DAY_SECONDS)
  readonly seconds!: number;

  @Describe(TAG)
  @IsOptional()
  @IsText(1, 64)
  readonly tag?: string | null;
}

class ReactionBody {
  @Describe(
    '`alert` sends an event; `throttle` also slows down to what is usual, a loop to one request a minute; `suspend` declines everything.',
  )
  @IsIn(ACTIONS)
  readonly action!: Action;

  @Describe('For how many seconds. Default: until you resume.')
  @IsOptional()
  @IsWhole(1, REACTION_SECONDS_MAX)
  readonly for?: number | null;

  @Describe('The tag whose values are looked at one by one. Default: the account as a whole.')
  @IsOptional()
  @IsText(1, 64)
  readonly tag?: string | null;
}

export class SpikeBody extends ReactionBody {
  @Describe('How many times the median of the same hours of the last 7 days: a decimal as a string, or a whole number.')
  @IsFactor()
  readonly factor!: string | number;

  @Describe('An hour in which less is spent is no spike.')
  @IsPositiveAmount()
  readonly floor!: string;
}

export class LoopBody extends ReactionBody {
  @Describe('How many equal requests in a minute are a loop.')
  @IsWhole(2, LOOP_TIMES_MAX)
  readonly times!: number;

  @Describe('The period.', { default: 'minute' })
  @IsOptional()
  @IsIn(['minute'])
  readonly per?: 'minute' | null;
}

export class RulesBody {
  @Describe('The most that one authorization may hold, extensions included, or one charge may take.')
  @IsOptional()
  @IsPositiveAmount()
  readonly max_amount?: string | null;

  @Describe('The most authorizations that an account may have open.')
  @IsOptional()
  @IsWhole(1, OPEN_HOLDS_RULE_MAX)
  readonly max_open_holds?: number | null;

  @Describe('The most output tokens that a usage may state, or be held for.')
  @IsOptional()
  @IsWhole(1, TOKENS_MAX)
  readonly max_output_tokens?: number | null;

  @Describe('How much may be asked for in a second, minute or hour.')
  @IsOptional()
  @NestedList(() => RateBody, RULES_MAX)
  readonly rate?: RateBody[] | null;

  @Describe('Pauses after long replies.')
  @IsOptional()
  @NestedList(() => NapBody, RULES_MAX)
  readonly nap?: NapBody[] | null;

  @Describe('Hours that spend many times what is usual.')
  @IsOptional()
  @NestedList(() => SpikeBody, RULES_MAX)
  readonly spike?: SpikeBody[] | null;

  @Describe('Requests that repeat themselves.')
  @IsOptional()
  @NestedList(() => LoopBody, RULES_MAX)
  readonly loop?: LoopBody[] | null;
}

export class AccountRulesBody extends RulesBody {
  @Describe('Whether no rule applies to the account, neither its own nor the environment’s.', { default: false })
  @IsOptional()
  @IsBoolean()
  readonly exempt?: boolean | null;
}

/** A value is one of a tag. */
@DescribeBody({
  anyOf: [{ required: ['tag'], properties: { tag: { type: 'string' } } }, { properties: { value: { type: 'null' } } }],
})
export class ResumeUsageBody {
  @Describe('Only what is about this tag. Default: everything.')
  @ValidateIf((body: ResumeUsageBody) => isGiven(body.tag) || isGiven(body.value))
  @IsText(1, 64)
  readonly tag?: string | null;

  @Describe('With `tag`: only what is about this value of it. Default: all of its values.')
  @ValidateIf((body: ResumeUsageBody) => isGiven(body.value))
  @IsText(0, 256)
  readonly value?: string | null;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
