import { ZERO } from '../amount.ts';
import type { CreateGrant, ObjectRef } from '../commands.ts';
import { grantStatus, hasExpired, type Grant, type GrantStatus } from '../grant.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import { enterGrant, type AccountState } from '../state.ts';
import { findAccount, findGrant, type DecisionContext } from './context.ts';
import { repayDebt, takeBack, touchGrant, Transaction } from './movements.ts';

/** A grant as one decision left it. */
export interface GrantDecision {
  /** The account's own id. */
  readonly account: string;
  readonly grant: Readonly<Grant>;
  readonly status: GrantStatus;
}

/** Gives credits to an account; debt is repaid out of them first, by a future grant too. */
export function createGrant(context: DecisionContext, command: CreateGrant): Outcome<GrantDecision> {
  const account = findAccount(context, command.account);
  if (!account) return refused({ code: 'account_not_found', account: command.account.id });
  const effectiveAt = command.effectiveAt ?? context.now;
  if (command.expiresAt !== null && command.expiresAt <= Math.max(effectiveAt, context.now)) {
    return refused({ code: 'grant_already_expired' });
  }
  const grant = newGrant(context, account, command, effectiveAt);
  if (effectiveAt <= context.now) account.posted = account.posted.plus(grant.amount);
  const books = new Transaction(context, account);
  const { amount, category } = grant;
  books.book({ kind: 'grant', debit: `funding:${category}`, credit: 'grant', amount, grantId: grant.id });
  repayDebt(context, account, grant, books);
  return decidedGrant(context, account, grant);
}

function newGrant(context: DecisionContext, account: AccountState, command: CreateGrant, effectiveAt: number): Grant {
  const { amount, category, priority, scope, costBasis, expiresAt, metadata } = command;
  const grant: Grant = {
    id: account.ids.next(context.now),
    accountKey: account.account.key,
    amount,
    remaining: amount,
    held: ZERO,
    repaid: ZERO,
    category,
    priority,
    scope,
    costBasis,
    effectiveAt,
    expiresAt,
    voidedAt: null,
    createdAt: context.now,
    metadata,
  };
  context.changes.createdGrants.add(grant);
  context.state.grants.set(grant.id, grant);
  enterGrant(account, grant);
  return grant;
}

/** Takes back what of a grant is neither spent nor held. Voiding it again answers with the first result. */
export function voidGrant(context: DecisionContext, command: { readonly grant: ObjectRef }): Outcome<GrantDecision> {
  const found = findGrant(context, command.grant);
  if (!found) return refused({ code: 'grant_not_found' });
  const { account, grant } = found;
  if (grant.voidedAt !== null) return decidedGrant(context, account, grant);
  const rest = grant.remaining.minus(grant.held);
  if (hasExpired(grant, context.now) || rest.isZero()) return refused({ code: 'grant_not_voidable' });
  takeBack(context, account, grant, rest, new Transaction(context, account), context.now);
  grant.voidedAt = context.now;
  touchGrant(context, grant);
  return decidedGrant(context, account, grant);
}

function decidedGrant(context: DecisionContext, { account }: AccountState, grant: Grant): Outcome<GrantDecision> {
  return accepted({ account: account.id, grant: { ...grant }, status: grantStatus(grant, context.now) });
}
