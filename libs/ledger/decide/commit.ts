import { Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
import { LATE_COMMIT_WINDOW_MS, type Authorization } from '../authorization.ts';
import type { Commit } from '../commands.ts';
import { refused, type Outcome, type Refusal } from '../refusals.ts';
import { holdSettled, type AccountState } from '../state.ts';
import { decided, unchanged, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { firstOf, fund, pinnedBy, shortfall, type Funding } from './funding.ts';
import { Transaction } from './transaction.ts';
import { recordStep, rememberFirst, tooManyParts } from './hold-steps.ts';
import { releaseRest } from './release.ts';
import { reportCommit } from './report-commit.ts';

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
  const ofHold = smallerOf(amount, authorization.held);
  const cover = coverRest(context, account, authorization, restOf(authorization, amount, ofHold));
  if (refuses(authorization, cover)) return refused(uncovered(context, account, authorization, amount, cover));
  const books = new Transaction(context, account);
  if (command.final) authorization.heldAtClose = authorization.held;
  if (!command.final) rememberFirst(authorization);
  spendHeld(books, authorization, ofHold);
  chargeRest(books, authorization, cover);
  if (!command.final) recordStep(authorization, timeOf(context, account));
  else {
    releaseRest(books, authorization);
    finish(context, account, authorization, amount);
  }
  context.changes.authorizations.update(authorization);
  reportCommit(context, account, authorization, { required: amount, uncollected: cover.uncollected });
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
  const cover = coverRest(context, account, authorization, { overdraft: ZERO, excess: amount });
  if (refuses(authorization, cover)) return refused(uncovered(context, account, authorization, amount, cover));
  chargeRest(new Transaction(context, account), authorization, cover);
  finish(context, account, authorization, amount);
  authorization.late = true;
  context.changes.lateCommits.push(account);
  reportCommit(context, account, authorization, { required: amount, uncollected: cover.uncollected });
  return decided(account, authorization);
}

/** What a commit asks for beyond the credits that it has pinned. */
interface Rest {
  /** Of the overdraft leg. It was approved, so it is charged in any case. */
  readonly overdraft: Amount;
  /** Beyond the hold. */
  readonly excess: Amount;
}

/** How that would be paid. */
interface RestCover {
  readonly funding: Funding;
  readonly credits: Amount;
  readonly debt: Amount;
  readonly uncollected: Amount;
}

/** Most commits ask for no more than the credits that they have pinned. */
const NO_REST: Rest = { overdraft: ZERO, excess: ZERO };
const NOTHING_TO_PAY: RestCover = {
  funding: { shares: [], missing: ZERO, available: ZERO, outOfScope: ZERO },
  credits: ZERO,
  debt: ZERO,
  uncollected: ZERO,
};

function restOf({ held, overdraftHeld }: Authorization, amount: Amount, ofHold: Amount): Rest {
  if (overdraftHeld.isZero() && ofHold === amount) return NO_REST;
  return { overdraft: atLeastZero(ofHold.minus(held.minus(overdraftHeld))), excess: amount.minus(ofHold) };
}

/**
 * Both parts draw credits that are free by now, the overdraft leg first; what others have pinned is theirs. The leg takes no
 * more from what is available than it did while it was pinned. The excess takes what is available, and debt only up to the
 * overdraft limit, where its policy allows any.
 */
function coverRest(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  { overdraft, excess }: Rest,
): RestCover {
  if (overdraft.isZero() && excess.isZero()) return NOTHING_TO_PAY;
  const asked = overdraft.plus(excess);
  const funding = fund(context, account, authorization, asked);
  const limit = authorization.overage === 'debt' ? account.account.terms.overdraftLimit : ZERO;
  const ofExcess = smallerOf(excess, atLeastZero(funding.available.plus(limit)));
  const charged = overdraft.plus(ofExcess);
  const credits = smallerOf(charged, asked.minus(funding.missing));
  return { funding, credits, debt: charged.minus(credits), uncollected: excess.minus(ofExcess) };
}

function refuses(authorization: Authorization, cover: RestCover): boolean {
  return authorization.overage === 'reject' && !cover.uncollected.isZero();
}

function uncovered(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  amount: Amount,
  cover: RestCover,
): Refusal {
  return shortfall(context, account, {
    required: amount,
    available: amount.minus(cover.uncollected),
    shortfall: cover.uncollected,
    outOfScope: cover.funding.outOfScope,
    // An account that owes more than it has needs that too before anything is available.
    lacking: cover.uncollected.minus(Amount.min(cover.funding.available, ZERO)),
    spending: authorization,
    own: pinnedBy(account, authorization),
  });
}

/** Spends what it has pinned of grants, and lets go of the overdraft leg, up to an amount. */
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
  authorization.overdraftHeld = authorization.overdraftHeld.minus(left);
  books.unpinOverdraft(left);
}

function chargeRest(books: Transaction, authorization: Authorization, cover: RestCover): void {
  for (const { grant, amount } of firstOf(cover.funding.shares, cover.credits)) {
    books.spend(grant, amount, authorization);
  }
  if (!cover.debt.isZero()) books.borrow(cover.debt, authorization);
  if (!cover.uncollected.isZero()) authorization.uncollected = authorization.uncollected.plus(cover.uncollected);
}

function finish(context: DecisionContext, account: AccountState, authorization: Authorization, amount: Amount): void {
  const now = timeOf(context, account);
  if (authorization.status === 'authorized') holdSettled(account, authorization.id, now - authorization.createdAt);
  authorization.status = 'committed';
  authorization.finalAmount = amount;
  authorization.committedAt = now;
  authorization.closedAt ??= authorization.committedAt;
  context.changes.authorizations.update(authorization);
}

function isSameCommit(authorization: Authorization, command: Commit): boolean {
  if (!command.final || authorization.finalAmount === null) return false;
  return authorization.finalAmount.eq(command.amount ?? authorization.heldAtClose ?? ZERO);
}
