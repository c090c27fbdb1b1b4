import type { ObjectRef } from '../commands.ts';
import { refused, type Outcome } from '../refusals.ts';
import { holdSettled } from '../state.ts';
import { decided, unchanged, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, timeOf, type DecisionContext } from './context.ts';
import { countSpending } from './count-spending.ts';
import { Transaction } from './transaction.ts';
import { releaseRest } from './release.ts';

/** Ends an authorization without a further charge; what earlier partial commits charged stays charged. */
export function voidAuthorization(
  context: DecisionContext,
  command: { readonly authorization: ObjectRef },
): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  switch (authorization.status) {
    case 'authorized':
      authorization.heldAtClose = authorization.held;
      releaseRest(new Transaction(context, account), authorization);
      countSpending(context, account, authorization);
      authorization.status = 'voided';
      authorization.closedAt = timeOf(context, account);
      holdSettled(account, authorization.id, authorization.closedAt - authorization.createdAt);
      return decided(account, authorization);
    case 'voided':
      return unchanged(account, authorization);
    case 'committed':
      return refused({ code: 'authorization_committed' });
    case 'expired':
      return refused({ code: 'authorization_expired' });
  }
}
