import type { Interval } from '#calendar';
import type { BudgetMode } from './budgets.ts';
import type { GrantCategory, GrantScope } from './grant.ts';

/** How many a plan may bring of its recurring grants and of its budgets each. */
export const PLAN_PARTS_MAX = 20;

/** What a plan brings, as it is sent, shown, stored and entered in the audit log. What isn't said is `null`. */
export interface PlanTermsJson {
  readonly recurring_grants: readonly PlanGrantJson[];
  readonly budgets: readonly PlanBudgetJson[];
  /** The public id of a rate card. */
  readonly rate_card: string | null;
  readonly overdraft_limit: string | null;
  readonly alerts: PlanAlertsJson | null;
}

/** An allowance. Its amounts are credits; `price` is money. */
export interface PlanGrantJson {
  readonly name: string;
  readonly amount: string;
  readonly interval: Interval;
  readonly every: number;
  /** An instant at which a period begins; `null`: when the account comes to the plan. */
  readonly anchor: string | null;
  /** `null`: the account's. */
  readonly time_zone: string | null;
  readonly category: GrantCategory;
  readonly priority: number;
  /** In seconds, where it is a number. */
  readonly expires: PlanGrantExpiry;
  readonly rollover: PlanRolloverJson | null;
  readonly scope: GrantScope | null;
  readonly price: string | null;
  readonly currency: string | null;
  /** Whether a first period that is shorter than the others brings as much less. */
  readonly prorate_first: boolean;
}

export type PlanGrantExpiry = 'end_of_period' | 'never' | number;

/** What of an unused allowance goes on into the next period. */
export interface PlanRolloverJson {
  readonly max: string | null;
  readonly percent: string | null;
  readonly periods: number | null;
}

/** A budget whose periods are those of the calendar. */
export interface PlanBudgetJson {
  readonly name: string;
  readonly amount: string;
  readonly expected: string | null;
  readonly period: 'day' | 'week' | 'month' | 'total';
  /** `null`: the account's. */
  readonly time_zone: string | null;
  readonly mode: BudgetMode;
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly per: string | null;
  readonly thresholds: readonly number[];
}

/** A list that is `null` is the environment's. */
export interface PlanAlertsJson {
  readonly percent: readonly number[] | null;
  readonly remaining: readonly string[] | null;
}
