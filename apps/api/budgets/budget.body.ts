import {
  ALERT_PERCENT_MAX,
  ALERT_THRESHOLDS_MAX,
  BUDGET_MODES,
  BUDGET_OWNERS,
  LIMIT_PERIODS,
  type BudgetMode,
  type BudgetOwner,
  type Period,
} from '#ledger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { IsBudgetScope, SCOPE_NAME_LENGTH_MAX } from '../validation/budget-scope.ts';
import {
  IsAmount,
  IsBudgetName,
  IsFutureInstant,
  IsInstant,
  IsPositiveAmount,
  IsText,
  IsTimeZone,
  IsWhole,
} from '../validation/rules.ts';

const REASON_LENGTH_MAX = 500;
const AMOUNT = 'The most that may be spent and held in a period.';
const PERIOD = '`day`, `week` (from Monday) or `month` of the calendar, or `total`: all of time.';

/** What a budget may say beside its amount and period. `null` where it isn't given. */
class BudgetTermsBody {
  @Describe(
    '`hard` declines requests that go beyond the amount; `soft` declines nothing and only sends events. Default: `hard`.',
  )
  @IsOptional()
  @IsIn(BUDGET_MODES)
  readonly mode?: BudgetMode | null;

  @Describe(
    'What counts: names, each with a value or a list of values, such as `{"team": ["red", "blue"]}`. A name is that of a tag, or `model`, `provider`, `event` or `key`; tags with one of these names are `tag.model` and so on. A request counts if it has one of the values of each name. Default: everything counts.',
  )
  @IsOptional()
  @IsBudgetScope()
  readonly scope?: Record<string, string | string[]> | null;

  @Describe(
    'A name, as in `scope`: each of its values has the whole amount for itself. With `user`, it is a budget for each user. Requests without the tag share the value `(none)`.',
  )
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

  @Describe(
    'A time from which periods are counted, such as the start of a subscription; not with the period `total`. Default: periods are those of the calendar.',
  )
  @IsOptional()
  @IsInstant()
  readonly anchor?: string | null;

  @Describe('The time from which the budget counts no more. Default: none.')
  @IsOptional()
  @IsFutureInstant()
  readonly until?: string | null;
}

/** All of time has no start that it could be counted from. */
const PERIODS_WITH_START = LIMIT_PERIODS.filter((period) => period !== 'total');
const NO_ANCHOR = { properties: { anchor: { type: 'null' } } } as const;

/** A budget that every account has. */
@DescribeBody({ anyOf: [{ properties: { period: { enum: PERIODS_WITH_START } } }, NO_ANCHOR] })
export class PutBudgetBody extends BudgetTermsBody {
  @Describe(AMOUNT)
  @IsAmount()
  readonly amount!: string;

  @Describe(PERIOD)
  @IsIn(LIMIT_PERIODS)
  readonly period!: Period;
}

@DescribeBody({ anyOf: [{ properties: { period: { enum: PERIODS_WITH_START } } }, NO_ANCHOR] })
export class CreateBudgetBody extends PutBudgetBody {
  @Describe('Its name, one of the account’s. A budget that is made again by its name goes on with what was spent.')
  @IsBudgetName()
  readonly name!: string;

  @Describe('Who may change it: only you, or the customer too.', { default: 'operator' })
  @IsOptional()
  @IsIn(BUDGET_OWNERS)
  readonly owner?: BudgetOwner | null;
}

/** `null` takes `scope`, `per`, `expected`, `time_zone`, `anchor` and `until` away. Elsewhere it is not given. */
@DescribeBody({ anyOf: [{ properties: { period: { enum: [...PERIODS_WITH_START, null] } } }, NO_ANCHOR] })
export class UpdateBudgetBody extends BudgetTermsBody {
  @Describe(AMOUNT)
  @IsOptional()
  @IsAmount()
  readonly amount?: string | null;

  @Describe(`${PERIOD} A budget with another period or anchor counts anew.`)
  @IsOptional()
  @IsIn(LIMIT_PERIODS)
  readonly period?: Period | null;

  @Describe('Who may change it: only you, or the customer too.')
  @IsOptional()
  @IsIn(BUDGET_OWNERS)
  readonly owner?: BudgetOwner | null;
}

/** Another amount for a time. */
export class RaiseBody {
  @Describe('What the budget allows for until then, in place of its amount.')
  @IsAmount()
  readonly amount!: string;

  @Describe('The time from which the budget’s own amount holds again.')
  @IsFutureInstant()
  readonly until!: string;

  @Describe('Why; it stands in the audit log.')
  @IsText(1, REASON_LENGTH_MAX)
  readonly reason!: string;
}

export class DenyRaiseBody {
  @Describe('Why it is denied.')
  @IsOptional()
  @IsText(1, REASON_LENGTH_MAX)
  readonly reason?: string | null;
}
