import type { Counter, CounterKind } from '#ledger';
import { column } from './column.ts';
import { accountKey, boolean, counter, enumeration, integer, numeric, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** What accounts use of something, window by window. */
export const COUNTERS = table({
  name: 'counters',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    counter: column('counter', uuid).key(),
    windowStart: column('window_start', time).key(),
    kind: column('kind', enumeration<CounterKind>('counter_kind')),
    name: column('name', text()).nullable(),
    value: column('value', text()).nullable(),
    windowEnd: column('window_end', time).nullable(),
    used: column('used', numeric).updated('sums'),
    reserved: column('reserved', numeric).updated('sums'),
    overrun: column('overrun', numeric).updated(),
    granted: column('granted', numeric).nullable().updated(),
    lease: column('lease', counter).nullable().updated(),
    alerted: column('alerted', integer).nullable().updated(),
    exceeded: column('exceeded', boolean).updated(),
    open: column('open', boolean).updated(),
  },
});

export type CounterRow = RowOf<typeof COUNTERS>;

export const counterFromRow: (row: CounterRow) => Counter = COUNTERS.fromRow;
