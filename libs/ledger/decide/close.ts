import { formatAmount, ZERO, type Amount } from '#amounts';
import type { Remainder } from '../account.ts';
import type { CloseAccount } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { changed, decidedAccount, type AccountDecision } from './accounts.ts';
import { changeCommitment } from './change-commitment.ts';
import { findAccount, purchaseUnderWay, timeOf, type DecisionContext } from './context.ts';
import { emit } from './emit.ts';
import { failPayment } from './end-payment.ts';
import { cancelRaises } from './request-raise.ts';
import { setRefills } from './set-refills.ts';
import { endRecurringGrants } from './set-recurring.ts';
import { Transaction } from './transaction.ts';

const CANCELED = { code: 'canceled', message: 'The account was closed.' };

/**
 * Ends an account for good: nothing is left of its grants, scheduled ones included, and it takes nothing new. What settles
 * old business is still taken: late commits and refunds. Its debt stays, and it owes nothing more for a commitment. Closing it
 * again changes nothing.
 */
export function closeAccount(context: DecisionContext, command: CloseAccount): Outcome<AccountDecision> {
  const { account: ref, remainder } = command;
  const account = findAccount(context, ref);
  if (!account) return refused({ code: 'account_not_found', account: ref.id });
  if (account.account.status === 'closed') return decidedAccount(context, account, false);
  if (account.holdExpiries.earliest() !== null) return refused({ code: 'account_has_open_holds', account: ref.id });
  account.account.status = 'closed';
  account.account.closure = { ...account.account.closure, closedAt: timeOf(context, account), remainder };
  const { commitment } = account.account.terms;
  account.account.terms = { ...account.account.terms, commitment: null };
  changeCommitment(context, account, commitment);
  const underWay = purchaseUnderWay(context, account);
  if (underWay) failPayment(context, account, underWay, CANCELED);
  cancelRaises(context, account, account.account.budgets);
  keepPlan(context, account);
  endRecurringGrants(context, account);
  const amount = endGrants(context, account, remainder);
  emit(context, account, 'account.closed', { status: 'closed', remainder, amount_left: formatAmount(amount) });
  return changed(context, account);
}

/** Its plan changes no more. */
function keepPlan(context: DecisionContext, account: AccountState): void {
  const { plan } = account.refills;
  if (plan?.next) setRefills(context, account, { ...account.refills, plan: { ...plan, next: null } });
}

/** @returns what was left of the grants */
function endGrants(context: DecisionContext, account: AccountState, remainder: Remainder): Amount {
  const books = new Transaction(context, account);
  let total = ZERO;
  for (const grant of [...account.grants]) {
    const rest = grant.remaining;
    if (rest.isZero()) continue;
    total = total.plus(rest);
    books.unfreeze(grant);
    // What hasn't come into effect yet never will.
    grant.entered = true;
    if (remainder === 'breakage') books.expire(grant, rest, timeOf(context, account));
    else {
      books.takeBack(grant, rest);
      grant.voidedAt = timeOf(context, account);
    }
  }
  return total;
}
