import type { PoolClient } from '#database';
import { arrayOf } from '../statement.ts';
import type { AccountRefillsRow } from '../tables/account-refills.ts';
import type { AccountRow } from '../tables/accounts.ts';
import { rowsOf } from './rows-of.ts';

/** Reads how accounts are refilled; of most there is nothing to be read. */
export async function loadRefills(
  client: PoolClient,
  accounts: readonly AccountRow[],
): Promise<readonly AccountRefillsRow[]> {
  const keys = accounts.filter((row) => row.has_refills).map(({ account_id }) => account_id);
  if (keys.length === 0) return [];
  return rowsOf<AccountRefillsRow>(client, {
    name: 'find_account_refills',
    text: 'select * from account_refills where account_id = any($1::bigint[])',
    values: [arrayOf(keys)],
  });
}
