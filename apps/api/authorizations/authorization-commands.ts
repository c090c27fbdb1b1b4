import { Amount, ZERO } from '#amounts';
import {
  DEFAULT_HOLD_SECONDS,
  parsePublicId,
  type Adjust,
  type Authorize,
  type Commit,
  type Cost,
  type Extend,
  type ObjectRef,
  type Refund,
  type SpendRequest,
  type StatedUsage,
} from '#ledger';
import { fullEffort } from '#pricing';
import { accountRef } from '../accounts/account-ref.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { readUsage, type ReadUsage } from '../validation/read-usage.ts';
import type { AdjustBody, AuthorizeBody, CommitBody, ExtendBody, RefundBody, SpendBody } from './authorization.body.ts';
import type { Sender } from './viewer.ts';

/** @throws {ProblemError} `invalid_request` where a vendor's answer says nothing of usage: nothing is held yet that could be charged */
export function spendRequest(environment: string, body: SpendBody, sender: Sender): SpendRequest {
  const read = readableUsage(body.usage, sender.effort);
  return {
    account: accountRef(environment, body.account),
    amount: amountOf(body.amount) ?? (read.isFree ? ZERO : null),
    usage: read.usage,
    costs: costsOf(read, sender),
    raw: read.raw,
    tags: body.tags ?? {},
    metadata: body.metadata ?? {},
    group: body.group ?? null,
  };
}

export function authorizeCommand(environment: string, body: AuthorizeBody, sender: Sender): Authorize {
  return {
    ...spendRequest(environment, body, sender),
    holdSeconds: body.expires_in ?? DEFAULT_HOLD_SECONDS,
    overage: body.overage ?? null,
    output: {
      max: body.max_output_tokens ?? null,
      fit: body.fit ?? false,
      min: body.min_output_tokens ?? 1,
    },
  };
}

export function commitCommand(authorization: ObjectRef, body: CommitBody, sender: Sender): Commit {
  const { amount, stated } = statedOf(body, sender);
  const { tags, metadata } = body;
  return {
    authorization,
    amount,
    stated,
    final: body.final ?? true,
    added: (tags ?? metadata) ? { tags: tags ?? {}, metadata: metadata ?? {} } : null,
  };
}

/** @throws {ProblemError} `invalid_request` where a vendor's answer says nothing of usage */
export function adjustCommand(authorization: ObjectRef, body: AdjustBody, sender: Sender): Adjust {
  const read = readableUsage(body.usage, sender.effort);
  return {
    authorization,
    amount: amountOf(body.amount) ?? (read.isFree ? ZERO : null),
    stated: { usage: read.usage, costs: costsOf(read, sender), raw: read.raw, settlement: 'exact' },
    reason: body.reason ?? null,
  };
}

/**
 * What a commit says was used. It never fails on what a vendor has answered: where that says nothing of usage, it is unknown;
 * where there is nothing to charge, that costs nothing.
 */
function statedOf(body: CommitBody, sender: Sender): { amount: Amount | null; stated: StatedUsage } {
  const read = readUsage(body.usage, sender.effort);
  const settlement = read.isUnknown ? 'unknown' : (body.settlement ?? 'exact');
  return {
    amount: amountOf(body.amount) ?? (read.isFree ? ZERO : null),
    stated: { usage: read.usage, costs: costsOf(read, sender), raw: read.raw, settlement },
  };
}

function readableUsage(usage: SpendBody['usage'], effort = fullEffort()): ReadUsage {
  const read = readUsage(usage, effort);
  if (read.unreadable.length > 0) throw invalidRequest(read.unreadable);
  return read;
}

/** What vendors say that their own answers cost. An account's own key doesn't see costs, and has no say in them either. */
function costsOf({ vendorCosts }: ReadUsage, { seesCost }: Sender): (Cost | null)[] {
  if (!seesCost) return vendorCosts.map(() => null);
  return vendorCosts.map((cost) => cost && { amount: new Amount(cost.amount), currency: cost.currency });
}

export function extendCommand(authorization: ObjectRef, body: ExtendBody): Extend {
  return {
    authorization,
    amount: amountOf(body.amount),
    usage: readableUsage(body.usage).usage,
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
