import { Amount } from '#amounts';
import {
  DEFAULT_HOLD_SECONDS,
  parsePublicId,
  type Adjust,
  type Authorize,
  type Commit,
  type Extend,
  type ObjectRef,
  type Refund,
  type SpendRequest,
  type StatedUsage,
} from '#ledger';
import { accountRef } from '../accounts/account-ref.ts';
import { readUsage } from '../validation/read-usage.ts';
import type { AdjustBody, AuthorizeBody, CommitBody, ExtendBody, RefundBody, SpendBody } from './authorization.body.ts';

export function spendRequest(environment: string, body: SpendBody): SpendRequest {
  const { usage, raw } = readUsage(body.usage);
  return {
    account: accountRef(environment, body.account),
    amount: amountOf(body.amount),
    usage,
    raw,
    tags: body.tags ?? {},
    metadata: body.metadata ?? {},
    group: body.group ?? null,
  };
}

export function authorizeCommand(environment: string, body: AuthorizeBody): Authorize {
  return {
    ...spendRequest(environment, body),
    holdSeconds: body.expires_in ?? DEFAULT_HOLD_SECONDS,
    overage: body.overage ?? null,
    output: {
      max: body.max_output_tokens ?? null,
      fit: body.fit ?? false,
      min: body.min_output_tokens ?? 1,
    },
  };
}

export function commitCommand(authorization: ObjectRef, body: CommitBody): Commit {
  const { amount, stated } = statedOf(body);
  const { tags, metadata } = body;
  return {
    authorization,
    amount,
    stated,
    final: body.final ?? true,
    added: (tags ?? metadata) ? { tags: tags ?? {}, metadata: metadata ?? {} } : null,
  };
}

export function adjustCommand(authorization: ObjectRef, body: AdjustBody): Adjust {
  return { authorization, ...statedOf(body), reason: body.reason ?? null };
}

/**
 * What a body says was used. A commit never fails on what a vendor has answered: where that says nothing of usage, it is
 * unknown; where there is nothing to charge, that costs nothing.
 */
function statedOf({ amount, usage, settlement }: Pick<CommitBody, 'amount' | 'usage' | 'settlement'>): {
  amount: Amount | null;
  stated: StatedUsage;
} {
  const read = readUsage(usage);
  return {
    amount: amountOf(amount) ?? (read.isFree ? new Amount(0) : null),
    stated: { usage: read.usage, raw: read.raw, settlement: read.isUnknown ? 'unknown' : (settlement ?? 'exact') },
  };
}

export function extendCommand(authorization: ObjectRef, body: ExtendBody): Extend {
  return {
    authorization,
    amount: amountOf(body.amount),
    usage: readUsage(body.usage).usage,
    maxOutputTokens: body.max_output_tokens ?? null,
    holdSeconds: body.expires_in ?? null,
  };
}

export function refundCommand(authorization: ObjectRef, { amount, reason }: RefundBody): Refund {
  return { authorization, amount: amountOf(amount), reason: reason ?? null };
}

/** @returns `null` where the text is no authorization's id. */
export function authorizationRef(environment: string, id: string): ObjectRef | null {
  const uuid = parsePublicId('authorization', id);
  return uuid === null ? null : { environment, id: uuid };
}

function amountOf(text: string | null | undefined): Amount | null {
  return text ? new Amount(text) : null;
}
