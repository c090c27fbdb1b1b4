import { isOpen } from '../authorization.ts';
import type { Refund } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, type DecisionContext } from './context.ts';
import { giveBackUsage } from './give-back-usage.ts';

/** Gives committed usage back: to the account's debt first, then to the grants it came from, the last drawn first. */
export function refund(context: DecisionContext, command: Refund): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  if (isOpen(authorization)) return refused({ code: 'authorization_open' });
  const refundable = authorization.committed.minus(authorization.refunded);
  const amount = command.amount ?? refundable;
  if (amount.isZero() || amount.gt(refundable)) return refused({ code: 'refund_exceeds_committed', refundable });
  giveBackUsage(context, account, authorization, amount, command.reason);
  return decided(account, authorization);
}
