import type { SentAlert } from '#ledger';
import { column } from './column.ts';
import { accountKey, integer, numericText, text, uuid } from './kind.ts';
import { table } from './table.ts';

/** Which alerts were sent, so that none is sent twice. */
export const ALERTS = table({
  name: 'alerts',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    rule: column('rule', text<SentAlert['rule']>()).key(),
    round: column('round', integer).key(),
    threshold: column('threshold', numericText).key(),
    eventId: column('event_id', uuid),
  },
});
