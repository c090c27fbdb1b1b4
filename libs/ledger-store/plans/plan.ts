import type { PlanTermsJson } from '#ledger';

/** A version of a plan, which never changes. Times are milliseconds since 1970. */
export interface PlanVersion {
  readonly version: number;
  readonly name: string;
  readonly terms: PlanTermsJson;
  /** The unit of its rate card; `null` where it has none. */
  readonly cardUnit: string | null;
  /** Accounts that are on the plan take it with the first period that begins then or later; `null`: they never do. */
  readonly appliesFrom: number | null;
  readonly createdAt: number;
}

/** A plan with its newest version. */
export interface Plan extends PlanVersion {
  /** A UUID. */
  readonly id: string;
  readonly environment: string;
  /** When its first version was made. */
  readonly planCreatedAt: number;
}
