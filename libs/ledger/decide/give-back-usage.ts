import { type Amount, smallerOf } from '#amounts';
import type { Authorization, Draw } from '../authorization.ts';
import type { AccountState } from '../state.ts';
import { loadedGrant, type DecisionContext } from './context.ts';
import { countSpending } from './count-spending.ts';
import { Transaction, type RefundOf } from './transaction.ts';

/**
 * Gives committed usage back: to the account's debt first, then to the grants it came from, the last drawn first.
 *
 * @param amount at most what was committed and not refunded yet
 */
export function giveBackUsage(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  amount: Amount,
  reason: string | null,
): void {
  giveBackDraws(new Transaction(context, account), authorization.draws, amount, { authorization, reason });
  authorization.refunded = authorization.refunded.plus(amount);
  countSpending(context, account, authorization);
  context.changes.authorizations.update(authorization);
}

/** The same of draws, which say afterwards what of them was refunded. */
export function giveBackDraws(books: Transaction, draws: Draw[], amount: Amount, of: Omit<RefundOf, 'corrects'>): void {
  let left = amount;
  for (const [index, draw] of [...draws.entries()].reverse()) {
    if (left.isZero()) break;
    const part = smallerOf(draw.amount.minus(draw.refunded), left);
    if (part.isZero()) continue;
    giveBack(books, { grantId: draw.grantId, amount: part }, { ...of, corrects: draw.transactionId });
    draws[index] = { ...draw, refunded: draw.refunded.plus(part) };
    left = left.minus(part);
  }
}

function giveBack(books: Transaction, { grantId, amount }: Pick<Draw, 'grantId' | 'amount'>, of: RefundOf): void {
  const grant = grantId === null ? null : loadedGrant(books.context, grantId);
  const owed = smallerOf(amount, books.account.account.debt);
  if (!owed.isZero()) books.refundToDebt(owed, of, grant);
  const rest = amount.minus(owed);
  if (!grant) refundCovered(books, rest, of);
  else if (!rest.isZero()) books.refundToGrant(grant, rest, of);
}

/** What was written off goes back to nobody: nobody has paid for it. */
function refundCovered(books: Transaction, amount: Amount, of: RefundOf): void {
  const writtenOff = smallerOf(amount, books.account.account.writtenOff);
  if (!writtenOff.isZero()) books.refundWrittenOff(writtenOff, of);
  refundRepaid(books, amount.minus(writtenOff), of);
}

/** Debt that is repaid by now goes back to the grants that repaid it, the youngest first. */
function refundRepaid(books: Transaction, amount: Amount, of: RefundOf): void {
  let left = amount;
  const { key } = books.account.account;
  const own = [...books.context.state.grants.values()].filter(({ accountKey }) => accountKey === key);
  for (const grant of own.toSorted((a, b) => (a.id < b.id ? 1 : -1))) {
    const part = smallerOf(left, grant.repaid);
    if (part.isZero()) continue;
    books.refundRepayment(grant, part, of);
    left = left.minus(part);
  }
  if (!left.isZero()) throw new Error('a refund found no grant to go back to');
}
