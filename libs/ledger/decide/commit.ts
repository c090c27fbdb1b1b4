import { Amount, atLeastZero, smallerOf, ZERO } from '../amount.ts';
import { LATE_COMMIT_WINDOW_MS, type Authorization } from '../authorization.ts';
import type { Commit } from '../commands.ts';
import { refused, type Outcome, type Refusal } from '../refusals.ts';
import { holdClosed, type AccountState } from '../state.ts';
import { decided, unchanged, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { firstOf, fund, pinnedBy, shortfall, type Funding } from './funding.ts';
import { touchAuthorization, Transaction } from './transaction.ts';
import { recordStep, rememberFirst, tooManyParts } from './hold-steps.ts';
import { releaseRest } from './release.ts';

/** Charges what was really used. */
export function commit(context: DecisionContext, command: Commit): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, command.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  switch (authorization.status) {
    case 'authorized':
      return commitOpen(context, account, authorization, command);
    case 'expired':
      return commitLate(context, account, authorization, command);
    case 'committed':
      return isSameCommit(authorization, command)
        ? unchanged(account, authorization)
        : refused({ code: 'authorization_committed' });
    case 'voided':
      return refused({ code: 'authorization_voided' });
  }
}

function commitOpen(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  command: Commit,
): Outcome<AuthorizationDecision> {
  const tooMany = command.final ? null : tooManyParts(authorization);
  if (tooMany) return refused(tooMany);
  const amount = command.amount ?? authorization.held;
  const excess = atLeastZero(amount.minus(authorization.held));
  const cover = coverExcess(context, account, authorization, excess);
  if (refuses(authorization, cover)) return refused(uncovered(context, account, authorization, amount, cover));
  const books = new Transaction(context, account);
  if (command.final) authorization.heldAtClose = authorization.held;
  if (!command.final) rememberFirst(authorization);
  spendHeld(books, authorization, smallerOf(amount, authorization.held));
  chargeExcess(books, authorization, cover);
  if (!command.final) recordStep(authorization, timeOf(context, account));
  else {
    releaseRest(books, authorization);
    finish(context, account, authorization, amount);
  }
  touchAuthorization(context, authorization);
  return decided(account, authorization);
}

/** The model has run although the hold is gone: a direct charge, under the same overage policy. It is always final. */
function commitLate(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  command: Commit,
): Outcome<AuthorizationDecision> {
  if (timeOf(context, account) >= (authorization.expiresAt ?? 0) + LATE_COMMIT_WINDOW_MS)
    return refused({ code: 'commit_too_late' });
  const amount = command.amount ?? authorization.heldAtClose ?? ZERO;
  const cover = coverExcess(context, account, authorization, amount);
  if (refuses(authorization, cover)) return refused(uncovered(context, account, authorization, amount, cover));
  chargeExcess(new Transaction(context, account), authorization, cover);
  finish(context, account, authorization, amount);
  authorization.late = true;
  return decided(account, authorization);
}

/** How the part beyond the hold would be paid. */
interface ExcessCover {
  readonly funding: Funding;
  readonly credits: Amount;
  readonly debt: Amount;
  readonly uncollected: Amount;
}

/** Takes what is available, never what other holds have pinned; debt only up to the overdraft limit, where allowed. */
function coverExcess(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  excess: Amount,
): ExcessCover {
  const funding = fund(context, account, authorization, excess);
  const mayBorrow = authorization.overage === 'debt';
  const overdraft = mayBorrow ? account.account.terms.overdraftLimit : ZERO;
  const chargeable = smallerOf(excess, atLeastZero(funding.available.plus(overdraft)));
  const credits = smallerOf(chargeable, excess.minus(funding.missing));
  const debt = mayBorrow ? chargeable.minus(credits) : ZERO;
  return { funding, credits, debt, uncollected: excess.minus(credits).minus(debt) };
}

function refuses(authorization: Authorization, cover: ExcessCover): boolean {
  return authorization.overage === 'reject' && !cover.uncollected.isZero();
}

function uncovered(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  amount: Amount,
  cover: ExcessCover,
): Refusal {
  return shortfall(context, account, {
    required: amount,
    available: amount.minus(cover.uncollected),
    shortfall: cover.uncollected,
    // An account that owes more than it has needs that too before anything is available.
    lacking: cover.uncollected.minus(Amount.min(cover.funding.available, ZERO)),
    spending: authorization,
    own: pinnedBy(account, authorization),
  });
}

function spendHeld(books: Transaction, authorization: Authorization, amount: Amount): void {
  let left = amount;
  const kept: { grantId: string; amount: Amount }[] = [];
  for (const { grantId, amount: pinned } of authorization.allocations) {
    const part = smallerOf(pinned, left);
    if (part.lt(pinned)) kept.push({ grantId, amount: pinned.minus(part) });
    if (part.isZero()) continue;
    books.spendPinned(loadedGrant(books.context, grantId), part, authorization);
    left = left.minus(part);
  }
  authorization.allocations = kept;
  authorization.held = authorization.held.minus(amount);
  if (left.isZero()) return;
  authorization.overdraftHeld = authorization.overdraftHeld.minus(left);
  books.borrowPinned(left, authorization);
}

function chargeExcess(books: Transaction, authorization: Authorization, cover: ExcessCover): void {
  for (const { grant, amount } of firstOf(cover.funding.shares, cover.credits)) {
    books.spend(grant, amount, authorization);
  }
  if (!cover.debt.isZero()) books.borrow(cover.debt, authorization);
  authorization.uncollected = authorization.uncollected.plus(cover.uncollected);
}

function finish(context: DecisionContext, account: AccountState, authorization: Authorization, amount: Amount): void {
  if (authorization.status === 'authorized') holdClosed(account, authorization.id);
  authorization.status = 'committed';
  authorization.finalAmount = amount;
  authorization.committedAt = timeOf(context, account);
  authorization.closedAt ??= authorization.committedAt;
  touchAuthorization(context, authorization);
}

function isSameCommit(authorization: Authorization, command: Commit): boolean {
  if (!command.final || authorization.finalAmount === null) return false;
  return authorization.finalAmount.eq(command.amount ?? authorization.heldAtClose ?? ZERO);
}
