import { INTERVALS, type Interval } from '#calendar';
import {
  ALERT_PERCENT_MAX,
  ALERT_THRESHOLDS_MAX,
  BUDGET_MODES,
  LIMIT_PERIODS,
  PLAN_PARTS_MAX,
  type BudgetMode,
  type Period,
  type PlanGrantExpiry,
} from '#ledger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { AlertsBody } from '../alerts/alerts.body.ts';
import { GrantScopeBody } from '../grants/grant.body.ts';
import { Describe } from '../openapi/describe.ts';
import { Nested, NestedList } from '../validation/body-classes.ts';
import { IsBudgetScope, SCOPE_NAME_LENGTH_MAX } from '../validation/budget-scope.ts';
import {
  IsAmount,
  IsBudgetName,
  IsCurrency,
  IsGrantExpiry,
  IsPercent,
  IsPositiveAmount,
  IsRateCardId,
  IsText,
  IsTimeZone,
  IsWhole,
} from '../validation/rules.ts';

/** Allowances are spent before what was bought, which has 100. */
export const DEFAULT_ALLOWANCE_PRIORITY = 50;
export const EVERY_MAX = 366;
const PERIODS_MAX = 1000;

export class PlanRolloverBody {
  @Describe('The most credits that may have rolled over at once. Default: no bound.')
  @IsOptional()
  @IsAmount()
  readonly max?: string | null;

  @Describe('The percentage of what is left that rolls over. Default: 100.')
  @IsOptional()
  @IsPercent()
  readonly percent?: string | null;

  @Describe('For how many periods credits roll over before they expire. Default: no bound.')
  @IsOptional()
  @IsWhole(1, PERIODS_MAX)
  readonly periods?: number | null;
}

export class PlanGrantBody {
  @Describe('Its name among the account’s recurring grants.')
  @IsBudgetName()
  readonly name!: string;

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

  @Describe('Grants with a lower priority are spent first.', { default: DEFAULT_ALLOWANCE_PRIORITY })
  @IsOptional()
  @IsWhole(0, 255)
  readonly priority?: number | null;

  @Describe('When the credits of a period expire: `end_of_period`, `never`, or after so many seconds.', {
    default: 'end_of_period',
  })
  @IsOptional()
  @IsGrantExpiry()
  readonly expires?: PlanGrantExpiry | null;

  @Describe('What is left at the end of a period rolls over into the next one. Default: nothing does.')
  @IsOptional()
  @Nested(() => PlanRolloverBody)
  readonly rollover?: PlanRolloverBody | null;

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

export class PlanBudgetBody {
  @Describe('Its name among the account’s budgets. A budget of the account’s own by this name takes its place.')
  @IsBudgetName()
  readonly name!: string;

  @Describe('The most that may be spent and held in a period.')
  @IsAmount()
  readonly amount!: string;

  @Describe('`day`, `week` (from Monday) or `month` of the calendar, or `total`: all of time.')
  @IsIn(LIMIT_PERIODS)
  readonly period!: Period;

  @Describe('`hard` declines requests that go beyond the amount; `soft` only sends events.', { default: 'hard' })
  @IsOptional()
  @IsIn(BUDGET_MODES)
  readonly mode?: BudgetMode | null;

  @Describe('What counts, as in a budget of an account. Default: everything counts.')
  @IsOptional()
  @IsBudgetScope()
  readonly scope?: Record<string, string | string[]> | null;

  @Describe('A name, as in `scope`: each of its values has the whole amount for itself.')
  @IsOptional()
  @IsText(1, SCOPE_NAME_LENGTH_MAX)
  readonly per?: string | null;

  @Describe('What you expect to be spent in a period. Thresholds are percentages of it. Default: the amount.')
  @IsOptional()
  @IsPositiveAmount()
  readonly expected?: string | null;

  @Describe('The percentages at which an event is sent, once per period. Default: 50, 75, 90 and 100.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(ALERT_THRESHOLDS_MAX)
  @ArrayUnique()
  @IsWhole(1, ALERT_PERCENT_MAX, { each: true })
  readonly thresholds?: number[] | null;

  @Describe('The name of the time zone by whose calendar periods begin. Default: the account’s.')
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;
}

const GRANTS = 'The allowances: credits that an account is granted in every period.';
const BUDGETS = 'The budgets that an account has.';
const RATE_CARD = 'The rate card that prices the account’s usage. Default: the account keeps its own.';
const OVERDRAFT_LIMIT = 'How far below zero the account may go. Default: the account keeps its own limit.';
const ALERTS = 'When alerts are sent. Default: the account keeps its own rules.';

export class CreatePlanBody {
  @Describe('A name for people.')
  @IsText(1, 256)
  readonly name!: string;

  @Describe(`${GRANTS} Default: none.`)
  @IsOptional()
  @NestedList(() => PlanGrantBody, PLAN_PARTS_MAX)
  @ArrayUnique(nameOf)
  readonly recurring_grants?: PlanGrantBody[] | null;

  @Describe(`${BUDGETS} Default: none.`)
  @IsOptional()
  @NestedList(() => PlanBudgetBody, PLAN_PARTS_MAX)
  @ArrayUnique(nameOf)
  readonly budgets?: PlanBudgetBody[] | null;

  @Describe(RATE_CARD)
  @IsOptional()
  @IsRateCardId()
  readonly rate_card?: string | null;

  @Describe(OVERDRAFT_LIMIT)
  @IsOptional()
  @IsAmount()
  readonly overdraft_limit?: string | null;

  @Describe(ALERTS)
  @IsOptional()
  @Nested(() => AlertsBody)
  readonly alerts?: AlertsBody | null;
}

/** Whom a change of a plan is for, beside those who come to it later. */
const APPLIES = ['existing_from_next_period'] as const;

/** What isn't given stays. `null` takes a part of the plan away. */
export class UpdatePlanBody {
  @Describe(
    '`existing_from_next_period`: accounts that are on the plan take the change with their next period. Default: they keep what they have.',
  )
  @IsOptional()
  @IsIn(APPLIES)
  readonly apply?: (typeof APPLIES)[number] | null;

  @Describe('A name for people.')
  @IsOptional()
  @IsText(1, 256)
  readonly name?: string | null;

  @Describe(GRANTS)
  @IsOptional()
  @NestedList(() => PlanGrantBody, PLAN_PARTS_MAX)
  @ArrayUnique(nameOf)
  readonly recurring_grants?: PlanGrantBody[] | null;

  @Describe(BUDGETS)
  @IsOptional()
  @NestedList(() => PlanBudgetBody, PLAN_PARTS_MAX)
  @ArrayUnique(nameOf)
  readonly budgets?: PlanBudgetBody[] | null;

  @Describe(RATE_CARD)
  @IsOptional()
  @IsRateCardId()
  readonly rate_card?: string | null;

  @Describe(OVERDRAFT_LIMIT)
  @IsOptional()
  @IsAmount()
  readonly overdraft_limit?: string | null;

  @Describe(ALERTS)
  @IsOptional()
  @Nested(() => AlertsBody)
  readonly alerts?: AlertsBody | null;
}

/** What has no name is told for that, and not for being there twice. */
function nameOf(one: unknown): unknown {
  const { name } = (one ?? {}) as { readonly name?: unknown };
  return name ?? one;
}
