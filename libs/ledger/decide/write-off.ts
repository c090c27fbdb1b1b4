import type { WriteOff } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import { changed, type AccountDecision } from './accounts.ts';
import { findAccount, type DecisionContext } from './context.ts';
import { Transaction } from './transaction.ts';

/** Gives up debt that nobody will repay, of a closed account too. It earns nothing, and a refund of it gives nothing back. */
export function writeOff(context: DecisionContext, command: WriteOff): Outcome<AccountDecision> {
  const account = findAccount(context, command.account);
  if (!account) return refused({ code: 'account_not_found', account: command.account.id });
  const { debt } = account.account;
  const amount = command.amount ?? debt;
  if (amount.isZero() || amount.gt(debt)) return refused({ code: 'write_off_exceeds_debt', debt });
  new Transaction(context, account).writeOff(amount, command.reason);
  return changed(context, account);
}
