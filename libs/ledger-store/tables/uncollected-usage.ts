import type { UncollectedUsage } from '#ledger';
import { column } from './column.ts';
import { accountKey, numeric, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** What of usage was covered by neither credits nor debt. */
export const UNCOLLECTED_USAGE = table({
  name: 'uncollected_usage',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    environment: column('environment', text()),
    authorizationId: column('authorization_id', uuid),
    amount: column('amount', numeric),
    createdAt: column('created_at', time),
  },
});

export type UncollectedUsageRow = RowOf<typeof UNCOLLECTED_USAGE>;

export const uncollectedUsageFromRow: (row: UncollectedUsageRow) => UncollectedUsage = UNCOLLECTED_USAGE.fromRow;
