import type { Counter } from '#ledger';
import { column } from './column.ts';
import { accountKey, boolean, numeric, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** What accounts use of something, window by window. */
export const COUNTERS = table({
  name: 'counters',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    counter: column('counter', uuid).key(),
    windowStart: column('window_start', time).key(),
    windowEnd: column('window_end', time).nullable(),
    used: column('used', numeric).updated(),
    reserved: column('reserved', numeric).updated(),
    overrun: column('overrun', numeric).generated(),
    granted: column('granted', numeric).nullable().generated(),
    open: column('open', boolean).updated(),
  },
});

export type CounterRow = RowOf<typeof COUNTERS>;

export const counterFromRow: (row: CounterRow) => Counter = COUNTERS.fromRow;
