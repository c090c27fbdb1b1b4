import type { Amount } from '#amounts';
import type { Period } from '#calendar';

export const BUDGET_MODES = ['hard', 'soft'] as const;
/** Whether requests are declined that go beyond the amount, or only told of. */
export type BudgetMode = (typeof BUDGET_MODES)[number];

export const BUDGET_OWNERS = ['operator', 'customer'] as const;
/** Who may change it. */
export type BudgetOwner = (typeof BUDGET_OWNERS)[number];

/** How many an account may have of its own. */
export const MAX_BUDGETS = 50;

export const DEFAULT_BUDGET_THRESHOLDS: readonly number[] = [50, 75, 90, 100];

/** A bound on what an account spends in each period, or a part of it: a user, a team, a model. Times are milliseconds since 1970. */
export interface Budget {
  /** Which budget of its account it is: deleted and made again by the same name, it goes on. */
  readonly name: string;
  /** A UUID. */
  readonly id: string;
  readonly amount: Amount;
  /** What its thresholds are percentages of, where that isn't the amount. */
  readonly expected: Amount | null;
  readonly period: Period;
  /** An instant from which its periods are counted; `null`: they are those of the calendar. */
  readonly anchor: number | null;
  /** `null`: the account's. */
  readonly timeZone: string | null;
  readonly mode: BudgetMode;
  /**
   * What counts, by values of tags and of `model`, `provider`, `event` and `key`: a request that has one of the values of each
   * name. Empty: everything does. A tag by one of those four names is `tag.model`.
   */
  readonly scope: Readonly<Record<string, readonly string[]>>;
  /** Each value of this name has the whole amount for itself. */
  readonly per: string | null;
  /** In percent, rising. */
  readonly thresholds: readonly number[];
  /** Exclusive: from then on it counts no more. */
  readonly until: number | null;
  readonly raise: BudgetRaise | null;
  readonly owner: BudgetOwner;
  readonly createdAt: number;
}

/** Another amount for a time. */
export interface BudgetRaise {
  readonly amount: Amount;
  /** Exclusive. */
  readonly until: number;
  readonly reason: string | null;
}

/** What of a budget an operator sets; a raise is made by itself. */
export const BUDGET_FIELDS = [
  'amount',
  'expected',
  'period',
  'anchor',
  'timeZone',
  'mode',
  'scope',
  'per',
  'thresholds',
  'until',
  'owner',
] as const satisfies readonly (keyof Budget)[];
export type BudgetField = (typeof BUDGET_FIELDS)[number];

/** Its amount at an instant of its account's time, or what it is raised to. */
export function budgetLimitAt({ amount, raise }: Pick<Budget, 'amount' | 'raise'>, at: number): Amount {
  return raise !== null && at < raise.until ? raise.amount : amount;
}
