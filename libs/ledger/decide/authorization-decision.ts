import type { Authorization, AuthorizationSummary } from '../authorization.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { balanceOf, type AccountState } from '../state.ts';

/** An authorization as one decision left it. */
export interface AuthorizationDecision {
  /** The account's own id. */
  readonly account: string;
  readonly unit: string;
  readonly authorization: AuthorizationSummary;
}

/** Stamps the balance on what was just decided, and answers with it. */
export function decided(account: AccountState, authorization: Authorization): Outcome<AuthorizationDecision> {
  authorization.balance = balanceOf(account);
  return unchanged(account, authorization);
}

/** Answers with an authorization as an earlier decision left it. */
export function unchanged({ account }: AccountState, authorization: Authorization): Outcome<AuthorizationDecision> {
  return accepted({ account: account.id, unit: account.unit, authorization: summaryOf(authorization) });
}

/**
 * A copy that no later decision changes, except for what a summary doesn't have: a batch may decide on one authorization many
 * times before it is answered. Leaving draws and steps out of it would cost several times as much as copying everything.
 */
function summaryOf(authorization: Authorization): AuthorizationSummary {
  return { ...authorization };
}
