import { smallerOf, type Amount } from '../amount.ts';
import { isOpen } from '../authorization.ts';
import type { Refund } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, type DecisionContext } from './context.ts';
import {
  refundToDebt,
  refundToGrant,
  touchAuthorization,
  touchGrant,
  Transaction,
  type RefundOf,
} from './movements.ts';

/** Gives committed usage back: to the account's debt first, then to the grants it came from, the last drawn first. */
export function refund(context: DecisionContext, command: Refund): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  if (isOpen(authorization)) return refused({ code: 'authorization_open' });
  const refundable = authorization.committed.minus(authorization.refunded);
  const amount = command.amount ?? refundable;
  if (amount.isZero() || amount.gt(refundable)) return refused({ code: 'refund_exceeds_committed', refundable });
  const books = new Transaction(context, account);
  let left = amount;
  const { draws } = authorization;
  for (const [index, draw] of [...draws.entries()].reverse()) {
    if (left.isZero()) break;
    const part = smallerOf(draw.amount.minus(draw.refunded), left);
    if (part.isZero()) continue;
    const of = { authorization, corrects: draw.transactionId, reason: command.reason };
    giveBack(context, account, draw.grantId, part, of, books);
    draws[index] = { ...draw, refunded: draw.refunded.plus(part) };
    left = left.minus(part);
  }
  authorization.refunded = authorization.refunded.plus(amount);
  touchAuthorization(context, authorization);
  return decided(account, authorization);
}

function giveBack(
  context: DecisionContext,
  account: AccountState,
  grantId: string | null,
  amount: Amount,
  of: RefundOf,
  books: Transaction,
): void {
  const owed = smallerOf(amount, account.account.debt);
  if (!owed.isZero()) refundToDebt(account, owed, of, books);
  const rest = amount.minus(owed);
  if (grantId === null) {
    refundRepaid(context, account, rest, of, books);
    return;
  }
  const grant = context.state.grants.get(grantId);
  if (!grant) throw new Error(`the grant ${grantId} to refund to was not loaded`);
  if (!owed.isZero()) {
    // Its credits have repaid debt: should that be refunded too, they go back to it.
    grant.repaid = grant.repaid.plus(owed);
    touchGrant(context, grant);
  }
  if (!rest.isZero()) refundToGrant(context, account, grant, rest, of, books);
}

/** Debt that is repaid by now goes back to the grants that repaid it, the youngest first. */
function refundRepaid(
  context: DecisionContext,
  account: AccountState,
  amount: Amount,
  of: RefundOf,
  books: Transaction,
): void {
  let left = amount;
  const own = [...context.state.grants.values()].filter(({ accountKey }) => accountKey === account.account.key);
  for (const grant of own.toSorted((a, b) => (a.id < b.id ? 1 : -1))) {
    const part = smallerOf(left, grant.repaid);
    if (part.isZero()) continue;
    grant.repaid = grant.repaid.minus(part);
    refundToGrant(context, account, grant, part, of, books);
    left = left.minus(part);
  }
  if (!left.isZero()) throw new Error('a refund found no grant to go back to');
}
