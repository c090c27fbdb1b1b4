import { Amount } from '#amounts';
import {
  DEFAULT_HOLD_SECONDS,
  parsePublicId,
  type Authorize,
  type Commit,
  type Extend,
  type ObjectRef,
  type Refund,
  type SpendRequest,
} from '#ledger';
import { accountRef } from '../accounts/account-ref.ts';
import { usageList } from '../validation/usage.ts';
import type { AuthorizeBody, CommitBody, ExtendBody, RefundBody, SpendBody } from './authorization.body.ts';

export function spendRequest(environment: string, { account, amount, usage, tags, metadata }: SpendBody): SpendRequest {
  return {
    account: accountRef(environment, account),
    amount: new Amount(amount),
    usage: usageList(usage),
    tags: tags ?? {},
    metadata: metadata ?? {},
  };
}

export function authorizeCommand(environment: string, body: AuthorizeBody): Authorize {
  return {
    ...spendRequest(environment, body),
    holdSeconds: body.expires_in ?? DEFAULT_HOLD_SECONDS,
    overage: body.overage ?? null,
  };
}

export function commitCommand(authorization: ObjectRef, { amount, final }: CommitBody): Commit {
  return { authorization, amount: amount ? new Amount(amount) : null, final: final ?? true };
}

export function extendCommand(authorization: ObjectRef, { amount, expires_in }: ExtendBody): Extend {
  return { authorization, amount: amount ? new Amount(amount) : null, holdSeconds: expires_in ?? null };
}

export function refundCommand(authorization: ObjectRef, { amount, reason }: RefundBody): Refund {
  return { authorization, amount: amount ? new Amount(amount) : null, reason: reason ?? null };
}

/** @returns `null` where the text is no authorization's id. */
export function authorizationRef(environment: string, id: string): ObjectRef | null {
  const uuid = parsePublicId('authorization', id);
  return uuid === null ? null : { environment, id: uuid };
}
