import { column } from './column.ts';
import { accountKey, counter, json, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** What customers are told. What no account owns stands under its environment's own key, and has no sequence. */
export const EVENTS = table({
  name: 'events',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    environment: column('environment', text()),
    type: column('type', text()),
    sequence: column('sequence', counter).nullable(),
    data: column('data', json<object>()),
    occurredAt: column('occurred_at', time),
    recordedAt: column('recorded_at', time).generated(),
    relayedAt: column('relayed_at', time).nullable().generated(),
    /** Its place among the events of all accounts; the relay gives it. */
    position: column('position', counter).nullable().generated(),
  },
});

export type EventRow = RowOf<typeof EVENTS>;
