import type { PlanAlertsJson, PlanTermsJson } from './plan-json.ts';

/** A version of a plan, as an account takes it. */
export interface PlanVersionRef {
  /** The plan's UUID. */
  readonly plan: string;
  readonly version: number;
  readonly name: string;
  readonly terms: PlanTermsJson;
  /** The unit of its rate card; `null` where it has none. */
  readonly cardUnit: string | null;
}

/** The plan that an account is on. Times are milliseconds since 1970, by the account's clock. */
export interface CurrentPlan extends PlanVersionRef {
  /** Since when it is on the plan, in whatever version. */
  readonly since: number;
  /** What the account had of its own where the plan says otherwise. It gets that back. */
  readonly own: OwnTerms;
  /** The UUIDs of the budgets that the plan has brought. */
  readonly budgets: readonly string[];
}

/** Of the terms that a plan may set, those that it has set. */
export interface OwnTerms {
  /** The public id of a rate card. */
  readonly rate_card?: string | null;
  readonly overdraft_limit?: string;
  readonly alerts?: PlanAlertsJson;
}

/** What an account's plan changes to. */
export interface NextPlan {
  /** `null`: it ends. */
  readonly to: PlanVersionRef | null;
  readonly at: number;
}

/**
 * What an allowance that was left has granted for the time after that, and that wasn't unspent any more and so couldn't be taken back.
 * Back on the plan within the period, the account gets so much less.
 */
export interface Advance {
  readonly plan: string;
  /** The recurring grant's. */
  readonly name: string;
  readonly amount: string;
  /** When the period ends. */
  readonly until: number;
}

export interface AccountPlan {
  /** `null`: it was on one before. */
  readonly current: CurrentPlan | null;
  readonly next: NextPlan | null;
  readonly advances: readonly Advance[];
}

export const NO_PLAN: AccountPlan = { current: null, next: null, advances: [] };
