import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { attemptRead, failureOf, LedgerUnavailable } from '#ledger-store';
import { rollUp, type RolledUp, type RollUpOptions } from './roll-up.ts';

/** An account whose journal can't be added up, whenever it is tried. */
export interface RollupFailure {
  readonly account: AccountKey;
  readonly error: unknown;
}

export interface RolledUpApart extends RolledUp {
  readonly failed: readonly RollupFailure[];
}

/**
 * The same as {@link rollUp}, except that an account that can't be added up is found and left out, by halves: the others don't wait for it.
 *
 * @throws {LedgerUnavailable} where the database isn't there; what Postgres reports where another transaction was in the way
 */
export async function rollUpApart(
  pool: Pool,
  accounts: readonly AccountKey[],
  options: RollUpOptions,
): Promise<RolledUpApart> {
  try {
    return { ...(await rollUp(pool, accounts, options)), failed: [] };
  } catch (error) {
    if (error instanceof LedgerUnavailable || failureOf(error) !== 'poisoned') throw error;
    const [account, ...others] = accounts;
    if (account === undefined) throw error;
    if (others.length === 0) return { unfinished: [], shared: [], failed: [{ account, error }] };
    const half = Math.ceil(accounts.length / 2);
    const first = await rollUpApart(pool, accounts.slice(0, half), options);
    const second = await rollUpApart(pool, accounts.slice(half), options);
    return {
      unfinished: [...first.unfinished, ...second.unfinished],
      shared: [...first.shared, ...second.shared],
      failed: [...first.failed, ...second.failed],
    };
  }
}

/** Says for each account by which name it is known and what is wrong. */
export async function namedFailures(pool: Pool, failed: readonly RollupFailure[]): Promise<string[]> {
  const { rows } = await attemptRead(() =>
    pool.query<{ account_id: AccountKey; environment: string; external_id: string }>(
      'select account_id, environment, external_id from accounts where account_id = any($1)',
      [failed.map(({ account }) => account)],
    ),
  );
  const names = new Map(
    rows.map(({ account_id: key, environment, external_id: id }) => [key, `${id} (${environment})`]),
  );
  return failed.map(({ account, error }) => {
    const why = error instanceof Error ? error.message : String(error);
    return `The account ${names.get(account) ?? account} can't be added up in the reports: ${why}`;
  });
}
