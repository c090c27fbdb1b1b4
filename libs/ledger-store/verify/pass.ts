import type { Severity } from './verify-report.ts';

/** An invariant of each row of a pass. */
export interface Check {
  /** The invariant, as a sentence. */
  readonly name: string;
  /** Where the rules of the ledger state it. */
  readonly section: string;
  /** `failure` where it isn't said. */
  readonly severity?: Severity;
  /** A condition on the row, in SQL; NULL counts as broken. */
  readonly holds: string;
  /** What should be there, as text, in SQL. It is computed for broken rows only. */
  readonly expected: string;
  readonly found: string;
}

/** What public ids of a pass's objects are made of: the prefix, and the column with the UUID. */
export interface ObjectColumn {
  readonly kind: 'authorization' | 'grant' | 'purchase' | 'transfer';
  readonly column: string;
}

/** Invariants that are checked together, in one reading of the tables. */
export interface Pass {
  /** What one row is, in the plural. */
  readonly subject: string;
  /**
   * A query with one row per object and a column `account_id`. It may read real time from `clock (now)`, and from `ahead
   * (account_id, time)` what is to be added to it for some accounts. It leaves the comparing to the checks, so that rows
   * come from whole-table joins and sums, never from a look-up per row.
   */
  readonly rows: string;
  readonly objects: readonly ObjectColumn[];
  /** Postgres settings for this pass alone. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}
