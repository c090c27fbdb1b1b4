import { ZERO } from '#amounts';
import type { SpendRequest } from '../commands.ts';
import type { Outcome } from '../refusals.ts';
import { decided, type AuthorizationDecision } from './authorization-decision.ts';
import { fundSpending, newAuthorization } from './authorize.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { reportCommit } from './report-commit.ts';
import { Transaction } from './transaction.ts';

/** Authorizes and commits in one step, for a price known beforehand. */
export function charge(context: DecisionContext, command: SpendRequest): Outcome<AuthorizationDecision> {
  const funded = fundSpending(context, command);
  if (!funded.ok) return funded;
  const { account, funding } = funded.value;
  const authorization = newAuthorization(context, account, command, account.account.terms.overage, null);
  const books = new Transaction(context, account);
  for (const { grant, amount } of funding.shares) books.spend(grant, amount, authorization);
  if (!funding.missing.isZero()) books.borrow(funding.missing, authorization);
  authorization.status = 'committed';
  authorization.heldAtClose = command.amount;
  authorization.finalAmount = command.amount;
  authorization.committedAt = timeOf(context, account);
  authorization.closedAt = authorization.committedAt;
  reportCommit(context, account, authorization, { required: command.amount, uncollected: ZERO });
  return decided(account, authorization);
}
