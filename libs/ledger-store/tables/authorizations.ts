import type { Authorization, AuthorizationStatus } from '#ledger';
import { ZERO } from '#amounts';
import { AUTHORIZATION_COLUMNS } from './authorization-columns.ts';
import { column } from './column.ts';
import { boolean, enumeration, numeric, time } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** Closed authorizations; open ones are holds. */
export const AUTHORIZATIONS = table({
  name: 'authorizations',
  owner: 'account',
  columns: {
    ...AUTHORIZATION_COLUMNS,
    status: column('status', enumeration<AuthorizationStatus>('authorization_status')).updated(),
    refunded: column('refunded', numeric).updated(),
    late: column('late', boolean).updated(),
    heldAtClose: column('held_at_close', numeric).nullable().updated(),
    finalAmount: column('final_amount', numeric).nullable().updated(),
    committedAt: column('committed_at', time).nullable().updated(),
    closedAt: column('closed_at', time).nullable().updated(),
  },
  constants: { held: ZERO, allocations: [], overdraftHeld: ZERO, stated: [] } satisfies Partial<Authorization>,
});

export type ClosedAuthorizationRow = RowOf<typeof AUTHORIZATIONS>;

export const authorizationFromClosed: (row: ClosedAuthorizationRow) => Authorization = AUTHORIZATIONS.fromRow;
