import type { AccountKey } from '#ledger';
import { arrayOf, UNLESS_REFUSED, type Statement } from '../statement.ts';

/** Notes that accounts have rules of their own, or restraints, so that the worker finds them among all others. */
export function watchAccounts(keys: readonly AccountKey[]): Statement {
  return {
    name: 'watch_accounts',
    text: `insert into watched_accounts (account_id) select unnest($1::bigint[]) where ${UNLESS_REFUSED}
      on conflict (account_id) do nothing`,
    values: [arrayOf(keys)],
  };
}
