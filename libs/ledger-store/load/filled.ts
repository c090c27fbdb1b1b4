import type { AccountKey, AccountState, Authorization, Counter } from '#ledger';
import type { KeyRow } from './key-statements.ts';

/** What was missing in the cache, as it was found on one snapshot. */
export interface Filled {
  /** Real time by the database's clock, in milliseconds since 1970. */
  readonly now: number;
  readonly accounts: ReadonlyMap<AccountKey, AccountState>;
  /** The version of each account of which anything was read. */
  readonly versions: ReadonlyMap<AccountKey, bigint>;
  /** Windows of counters that aren't read with their account: closed ones in which the authorizations were made, those by value. */
  readonly windows: readonly Counter[];
  readonly authorizations: ReadonlyMap<string, Authorization>;
  /** Those of the authorizations that are closed. */
  readonly closed: ReadonlySet<string>;
  /** Ids that no authorization has. */
  readonly absent: readonly string[];
  readonly keys: readonly KeyRow[];
}
