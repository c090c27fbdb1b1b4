import type { LedgerAccount, Transfer, TransferKind } from '#ledger';
import { column } from './column.ts';
import { accountKey, enumeration, numeric, text, time, uuid } from './kind.ts';
import { table, type RowOf } from './table.ts';

export const TRANSFERS = table({
  name: 'transfers',
  owner: 'account',
  columns: {
    accountKey: column('account_id', accountKey).key(),
    id: column('id', uuid).key(),
    transactionId: column('transaction_id', uuid),
    kind: column('kind', enumeration<TransferKind>('transfer_kind')),
    debit: column('debit', enumeration<LedgerAccount>('ledger_account')),
    credit: column('credit', enumeration<LedgerAccount>('ledger_account')),
    amount: column('amount', numeric),
    grantId: column('grant_id', uuid).nullable(),
    intoGrantId: column('into_grant_id', uuid).nullable(),
    authorizationId: column('authorization_id', uuid).nullable(),
    corrects: column('corrects', uuid).nullable(),
    reason: column('reason', text()).nullable(),
    createdAt: column('created_at', time),
  },
});

export type TransferRow = RowOf<typeof TRANSFERS>;

export const transferFromRow: (row: TransferRow) => Transfer = TRANSFERS.fromRow;
