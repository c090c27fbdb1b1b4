import type { AccountKey, DeclinedMinute } from '#ledger';
import { column } from './column.ts';
import { accountKey, integer, time } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** How many requests were declined in a minute of real time, until the account's owner is told of it. */
export const DECLINES = table({
  name: 'declines',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    minute: column('minute', time).key(),
    requests: column('requests', integer),
  },
});

export type DeclinedRow = RowOf<typeof DECLINES>;

export function declinedFromRows(rows: readonly DeclinedRow[]): ReadonlyMap<AccountKey, readonly DeclinedMinute[]> {
  return Map.groupBy(rows.map(DECLINES.fromRow), ({ accountKey: key }) => key);
}
