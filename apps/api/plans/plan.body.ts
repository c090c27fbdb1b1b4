import {
  ALERT_PERCENT_MAX,
  ALERT_THRESHOLDS_MAX,
  BUDGET_MODES,
  GRANT_CATEGORIES,
  LIMIT_PERIODS,
  PLAN_PARTS_MAX,
  type BudgetMode,
  type GrantCategory,
  type Period,
} from '#ledger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional } from 'class-validator';
import { AlertsBody } from '../alerts/alerts.body.ts';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { ALLOWANCE_SCHEMA, AllowanceBody } from '../recurring-grants/allowance.body.ts';
import { Nested, NestedList } from '../validation/body-classes.ts';
import { IsBudgetScope, SCOPE_NAME_LENGTH_MAX } from '../validation/budget-scope.ts';
import {
  IsAmount,
  IsBudgetName,
  IsInstant,
  IsPositiveAmount,
  IsRateCardId,
  IsText,
  IsTimeZone,
  IsWhole,
} from '../validation/rules.ts';

@DescribeBody(ALLOWANCE_SCHEMA)
export class PlanGrantBody extends AllowanceBody {
  @Describe('Its name among the account’s recurring grants.')
  @IsBudgetName()
  readonly name!: string;

  @Describe('An instant at which a period begins. Default: when the account comes to the plan.')
  @IsOptional()
  @IsInstant()
  readonly anchor?: string | null;

  @Describe('Where the credits come from.', { default: 'included' })
  @IsOptional()
  @IsIn(GRANT_CATEGORIES)
  readonly category?: GrantCategory | null;

  @Describe('Whether a first period that is shorter than the others brings as much less.', { default: false })
  @IsOptional()
  @IsBoolean()
  readonly prorate_first?: boolean | null;
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
