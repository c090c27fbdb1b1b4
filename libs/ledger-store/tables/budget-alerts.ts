import { column } from './column.ts';
import { accountKey, text, time, uuid } from './kind.ts';
import { table } from './table.ts';

/** Which alerts of budgets' windows were sent, so that none is sent twice. */
export const BUDGET_ALERTS = table({
  name: 'budget_alerts',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    counter: column('counter', uuid).key(),
    windowStart: column('window_start', time).key(),
    threshold: column('threshold', text()).key(),
    eventId: column('event_id', uuid),
  },
});
