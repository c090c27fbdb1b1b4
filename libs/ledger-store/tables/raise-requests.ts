import type { RaiseRequest, RaiseRequestStatus } from '#ledger';
import { column } from './column.ts';
import { accountKey, numeric, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** Who asked for which raise of a budget, and what became of it. */
export const RAISE_REQUESTS = table({
  name: 'raise_requests',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    environment: column('environment', text()),
    budgetId: column('budget_id', uuid),
    name: column('name', text()),
    amount: column('amount', numeric),
    until: column('until', time),
    reason: column('reason', text()),
    requestedBy: column('requested_by', uuid).nullable(),
    createdAt: column('created_at', time),
    status: column('status', text<RaiseRequestStatus>()).updated(),
    decidedAt: column('decided_at', time).nullable().updated(),
    decidedBy: column('decided_by', uuid).nullable().updated(),
    denial: column('denial', text()).nullable().updated(),
  },
});

export type RaiseRequestRow = RowOf<typeof RAISE_REQUESTS>;

export const raiseRequestFromRow: (row: RaiseRequestRow) => RaiseRequest = RAISE_REQUESTS.fromRow;
