import type { Amount } from '#amounts';
import type { LedgerAccount, TransferKind } from '../chart.ts';
import type { AccountState } from '../state.ts';
import { timeOf, type DecisionContext } from './context.ts';

/** What a transfer moves, and what for. */
export interface Booking {
  readonly kind: TransferKind;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amount: Amount;
  readonly grantId?: string;
  readonly intoGrantId?: string;
  readonly authorizationId?: string;
  readonly corrects?: string;
  readonly reason?: string | null;
  /** When it took effect, by the account's clock; now where it isn't said. */
  readonly at?: number;
}

/**
 * Enters a transfer.
 *
 * @param transactionId `null`: it is the first of its transaction, which has its id
 * @returns the transaction's id
 */
export function bookTransfer(
  context: DecisionContext,
  account: AccountState,
  { booking, transactionId }: { readonly booking: Booking; readonly transactionId: string | null },
): string {
  const id = account.ids.next(context.realNow);
  const transaction = transactionId ?? id;
  context.changes.transfers.push({
    id,
    accountKey: account.account.key,
    transactionId: transaction,
    kind: booking.kind,
    debit: booking.debit,
    credit: booking.credit,
    amount: booking.amount,
    grantId: booking.grantId ?? null,
    intoGrantId: booking.intoGrantId ?? null,
    authorizationId: booking.authorizationId ?? null,
    corrects: booking.corrects ?? null,
    reason: booking.reason ?? null,
    createdAt: booking.at ?? timeOf(context, account),
  });
  context.changes.accounts.update(account);
  return transaction;
}
