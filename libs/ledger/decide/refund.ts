import { atLeastZero, smallerOf, ZERO, type Amount } from '../amount.ts';
import { isOpen, type Authorization, type Draw } from '../authorization.ts';
import type { Refund } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, type DecisionContext } from './context.ts';
import { refundToDebt, refundToGrant, touchAuthorization, Transaction, type RefundOf } from './movements.ts';

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
  for (const draw of lastDrawn(authorization, amount)) {
    giveBack(context, account, draw, { authorization, corrects: draw.transactionId, reason: command.reason }, books);
  }
  authorization.refunded = authorization.refunded.plus(amount);
  touchAuthorization(context, authorization);
  return decided(account, authorization);
}

/** The draws, or parts of them, that this amount gives back: backwards, from where earlier refunds have come to. */
function lastDrawn(authorization: Authorization, amount: Amount): Draw[] {
  const parts: Draw[] = [];
  let skip = authorization.refunded;
  let left = amount;
  for (const draw of authorization.draws.toReversed()) {
    const open = atLeastZero(draw.amount.minus(skip));
    skip = atLeastZero(skip.minus(draw.amount));
    const part = smallerOf(open, left);
    if (part.isZero()) continue;
    parts.push({ ...draw, amount: part });
    left = left.minus(part);
  }
  return parts;
}

function giveBack(context: DecisionContext, account: AccountState, draw: Draw, of: RefundOf, books: Transaction): void {
  const owed = smallerOf(draw.amount, account.account.debt);
  if (!owed.isZero()) refundToDebt(account, owed, of, books);
  let left = draw.amount.minus(owed);
  // Debt that is repaid by now was repaid by grants: those get it back, the last one first.
  const grants = draw.grantId === null ? (context.state.repayments.get(account.account.key) ?? []) : [draw.grantId];
  for (const grantId of grants) {
    if (left.isZero()) return;
    const grant = context.state.grants.get(grantId);
    if (!grant) throw new Error(`the grant ${grantId} to refund to was not loaded`);
    const part = smallerOf(left, grant.amount.minus(grant.remaining));
    if (part.gt(ZERO)) refundToGrant(context, account, grant, part, of, books);
    left = left.minus(part);
  }
  if (!left.isZero()) throw new Error('a refund found no grant to go back to');
}
