/**
 * What a broken invariant means. A `failure` is a fault in the books. A `notice` is something an operator should know that
 * can be in order: work that time has made due and nobody has booked yet, or terms that were changed.
 */
export type Severity = 'failure' | 'notice';

/** One object that is not as the books say it must be. Times are RFC 3339, amounts plain decimals. */
export interface Difference {
  /** `null` where no account belongs to it. */
  readonly environment: string | null;
  /** The account's own id; its internal key where there is no such account. */
  readonly account: string | null;
  /** Public ids of the object and of what it is about, e.g. an authorization and a grant; empty for an account itself. */
  readonly objects: readonly string[];
  readonly expected: string;
  readonly found: string;
}

/** The outcome of one invariant. */
export interface CheckResult {
  /** The invariant, as a sentence. */
  readonly name: string;
  /** Where the rules of the ledger state it, e.g. `§9.1`. */
  readonly section: string;
  readonly severity: Severity;
  /** What was checked, in the plural, e.g. `grants`. */
  readonly subject: string;
  readonly checked: number;
  readonly differences: number;
  /** The first differences, at most {@link FIRST_DIFFERENCES}. */
  readonly first: readonly Difference[];
  /** How long the pass took that this check shares with the others of its subject. */
  readonly ms: number;
}

export const FIRST_DIFFERENCES = 10;

/** The books of one environment and unit. Debits are `funding`, `debt` and `writtenOff`, credits `outstanding`, `usage` and `breakage`. */
export interface TrialBalance {
  /** `null` for transfers whose account doesn't exist. */
  readonly environment: string | null;
  readonly unit: string | null;
  /** Granted and not taken back, by category. */
  readonly funding: { readonly paid: string; readonly promotional: string; readonly included: string };
  /** What accounts owe, by their own rows. */
  readonly debt: string;
  /** What remains of all grants, by their own rows. */
  readonly outstanding: string;
  readonly usage: string;
  readonly breakage: string;
  /** Debt that was given up. */
  readonly writtenOff: string;
}

export interface VerifyReport {
  /** True where no check of severity `failure` found a difference. */
  readonly clean: boolean;
  /** Of all checks of severity `failure`. */
  readonly differences: number;
  /** The database's time at which the books stood as they were checked, RFC 3339. */
  readonly as_of: string;
  readonly ms: number;
  readonly transfers: number;
  readonly grants: number;
  readonly authorizations: number;
  readonly trial_balance: readonly TrialBalance[];
  readonly checks: readonly CheckResult[];
}
