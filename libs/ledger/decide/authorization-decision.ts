import type { Authorization } from '../authorization.ts';
import { accepted, type Outcome } from '../refusals.ts';
import { balanceOf, type AccountState } from '../state.ts';

/** An authorization as one decision left it. */
export interface AuthorizationDecision {
  /** The account's own id. */
  readonly account: string;
  readonly unit: string;
  readonly authorization: Readonly<Authorization>;
}

/** Stamps the balance on what was just decided, and answers with a copy that later decisions can't change. */
export function decided(account: AccountState, authorization: Authorization): Outcome<AuthorizationDecision> {
  authorization.balance = balanceOf(account);
  return unchanged(account, authorization);
}

/** Answers with an authorization as an earlier decision left it. */
export function unchanged({ account }: AccountState, authorization: Authorization): Outcome<AuthorizationDecision> {
  return accepted({ account: account.id, unit: account.unit, authorization: { ...authorization } });
}
