import { formatAmount } from '#amounts';
import { publicId, type LedgerAccount, type Transfer } from '#ledger';
import { timeView } from '../lists/time-view.ts';

export type TransferView = ReturnType<typeof transferView>;

export function transferView(account: string, transfer: Transfer) {
  const grant = transfer.grantId && publicId('grant', transfer.grantId);
  const into = transfer.intoGrantId && publicId('grant', transfer.intoGrantId);
  return {
    id: publicId('transfer', transfer.id),
    transaction_id: publicId('transaction', transfer.transactionId),
    kind: transfer.kind,
    debit_account: ledgerAccountView(transfer.debit, account, grant),
    credit_account: ledgerAccountView(transfer.credit, account, into ?? grant),
    amount: formatAmount(transfer.amount),
    grant,
    authorization: transfer.authorizationId && publicId('authorization', transfer.authorizationId),
    corrects: transfer.corrects && publicId('transaction', transfer.corrects),
    reason: transfer.reason,
    created_at: timeView(transfer.createdAt),
  };
}

/** Ledger accounts that exist once per customer show whose they are: `grant:grant_…`, `debt:<account>`. */
function ledgerAccountView(ledgerAccount: LedgerAccount, account: string, grant: string | null): string {
  switch (ledgerAccount) {
    case 'grant':
      return `grant:${String(grant)}`;
    case 'debt':
      return `debt:${account}`;
    default:
      return ledgerAccount;
  }
}
