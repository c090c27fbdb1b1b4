import { type Amount, ZERO } from '#amounts';
import type { Authorization } from '../authorization.ts';
import type { Authorize, BatchMode, SpendRequest } from '../commands.ts';
import { accepted, gravest, type Outcome, type Refusal } from '../refusals.ts';
import { holdForgotten, type AccountState } from '../state.ts';
import type { AuthorizationDecision } from './authorization-decision.ts';
import { authorize, type HoldKind } from './authorize.ts';
import type { BatchSoFar } from './batch-so-far.ts';
import { charge } from './charge.ts';
import { findAccount, type DecisionContext } from './context.ts';
import { takeBackRates } from './count-rates.ts';
import { countSpending, takeBackGranted } from './count-spending.ts';
import { correctUsed, useReserved } from './count.ts';
import { nextExpiryOf, type NextExpiry } from './funding.ts';
import { askToCharge } from './price.ts';
import { releaseRest } from './release.ts';
import { Transaction } from './transaction.ts';
import { discardOpened } from './windows.ts';

/** The trial of a charge holds just what it will cost, and counts it as used. */
const OF_CHARGE: HoldKind = { ask: askToCharge, count: useReserved, isHold: false };

/** A batch that went through: with mode `independent`, some items may still be refused. */
export interface BatchDecision {
  readonly mode: BatchMode;
  readonly items: readonly Outcome<AuthorizationDecision>[];
}

export function authorizeBatch(
  context: DecisionContext,
  { mode, items }: { readonly mode: BatchMode; readonly items: readonly Authorize[] },
): Outcome<BatchDecision> {
  if (mode === 'independent') return accepted({ mode, items: items.map((item) => authorize(context, item)) });
  const trial = holdAll(context, items);
  if (!trial.refusal) return accepted({ mode, items: trial.outcomes });
  trial.takeBack();
  return { ok: false, refusal: trial.refusal, items: trial.outcomes };
}

/** All or nothing: a trial holds everything and lets go of it; where all could be held, all is charged, one by one. */
export function chargeBatch(
  context: DecisionContext,
  { mode, items }: { readonly mode: BatchMode; readonly items: readonly SpendRequest[] },
): Outcome<BatchDecision> {
  const chargeEach = (): Outcome<BatchDecision> =>
    accepted({ mode, items: items.map((item) => charge(context, item)) });
  if (mode === 'independent') return chargeEach();
  // Nothing stays open of the trial, so it isn't bound by how many holds there may be.
  const unbound = { ...context, rules: { ...context.rules, openHoldsMax: Number.POSITIVE_INFINITY } };
  const trial = holdAll(
    unbound,
    items.map((item) => ({ ...item, holdSeconds: 1, overage: null })),
    OF_CHARGE,
  );
  trial.takeBack();
  return trial.refusal ? { ok: false, refusal: trial.refusal, items: trial.outcomes } : chargeEach();
}

interface Trial {
  readonly outcomes: readonly Outcome<AuthorizationDecision>[];
  /** The one that speaks for all, where any was refused. */
  readonly refusal: Refusal | undefined;
  /** Lets go of what was held, as if nothing had been asked. */
  takeBack(): void;
}

/** Authorizes items one after the other, and goes on after a refusal, so that each item learns how it would have gone. */
function holdAll(context: DecisionContext, items: readonly Authorize[], kind?: HoldKind): Trial {
  const held: { account: AccountState; authorization: Authorization }[] = [];
  /** Before its first item, by account: when the next hold of others expires. */
  const nextExpiries = new Map<AccountState, NextExpiry>();
  const lacking = new Map<AccountState, Amount>();
  const refusals = new Map<AccountState, Refusal[]>();
  const ownHolds = (account: AccountState): BatchSoFar => {
    const own = held.filter((one) => one.account === account);
    return {
      holds: own.map(({ authorization }) => authorization),
      lacking: lacking.get(account) ?? ZERO,
      refusals: refusals.get(account) ?? [],
      nextExpiry: nextExpiries.get(account) ?? nextExpiryOf(account),
    };
  };

  const outcomes = items.map((item) => {
    const account = findAccount(context, item.account);
    if (account && !nextExpiries.has(account)) nextExpiries.set(account, nextExpiryOf(account));
    const outcome = authorize(context, item, ownHolds, kind);
    if (account && !outcome.ok) refusals.set(account, [...(refusals.get(account) ?? []), outcome.refusal]);
    if (account && !outcome.ok && 'shortfall' in outcome.refusal) {
      lacking.set(account, (lacking.get(account) ?? ZERO).plus(outcome.refusal.shortfall));
    }
    const authorization = outcome.ok && context.state.authorizations.get(outcome.value.authorization.id);
    if (account && authorization) held.push({ account, authorization });
    return outcome;
  });

  return {
    outcomes,
    refusal: gravest(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.refusal]))),
    takeBack: () => {
      for (const one of held.toReversed()) undo(context, one);
      takeBackGranted(context);
      discardOpened(context);
      context.changes.moved.clear();
    },
  };
}

/** Takes a hold of this very batch back as if it had never been: grants and account are written as they were. */
function undo(
  context: DecisionContext,
  { account, authorization }: { readonly account: AccountState; readonly authorization: Authorization },
): void {
  releaseRest(new Transaction(context, account), authorization);
  countSpending(context, account, authorization);
  takeBackRates(account, authorization);
  correctUsed(context, account, authorization, []);
  holdForgotten(account, authorization.id);
  context.state.authorizations.delete(authorization.id);
  context.changes.authorizations.discard(authorization);
}
