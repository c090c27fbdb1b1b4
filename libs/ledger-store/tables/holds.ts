import { ZERO } from '#amounts';
import type { Authorization } from '#ledger';
import { AUTHORIZATION_COLUMNS } from './authorization-columns.ts';
import { column } from './column.ts';
import { grantShares } from './json-forms.ts';
import { numeric } from './kind.ts';
import { table, type RowOf } from './table.ts';

/** Open authorizations: a small, hot table. In the transaction that closes one it moves to `authorizations`. */
export const HOLDS = table({
  name: 'holds',
  owner: 'account',
  columns: {
    ...AUTHORIZATION_COLUMNS,
    held: column('held', numeric).updated(),
    allocations: column('allocations', grantShares).updated(),
    overdraftHeld: column('overdraft_held', numeric).updated(),
  },
  constants: {
    status: 'authorized',
    refunded: ZERO,
    late: false,
    heldAtClose: null,
    finalAmount: null,
    committedAt: null,
    closedAt: null,
    stated: [],
  } satisfies Partial<Authorization>,
});

export type HoldRow = RowOf<typeof HOLDS>;

export const authorizationFromHold: (row: HoldRow) => Authorization = HOLDS.fromRow;
