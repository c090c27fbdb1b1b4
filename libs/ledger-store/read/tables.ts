import type { LedgerAccount, TransferKind } from '#ledger';
import type { AccountRow, ClosedAuthorizationRow, GrantRow, HoldRow } from '../load/rows.ts';

export interface TransferRow {
  account_id: string;
  id: string;
  transaction_id: string;
  kind: TransferKind;
  debit: LedgerAccount;
  credit: LedgerAccount;
  amount: string;
  grant_id: string | null;
  authorization_id: string | null;
  corrects: string | null;
  reason: string | null;
  created_at: Date;
}

/** The tables that lists are read from. */
export interface LedgerTables {
  accounts: AccountRow;
  grants: GrantRow;
  holds: HoldRow;
  authorizations: ClosedAuthorizationRow;
  transfers: TransferRow;
}
