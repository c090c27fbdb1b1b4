import { Amount, smallerOf, ZERO } from '#amounts';
import { LATE_COMMIT_WINDOW_MS, type Added, type Authorization, type Tags } from '../authorization.ts';
import { NO_USAGE, type Commit } from '../commands.ts';
import { refused, type Outcome, type Refusal, type RefusedOutcome } from '../refusals.ts';
import { holdSettled, type AccountState } from '../state.ts';
import { decided, unchanged, type AuthorizationDecision } from './authorization-decision.ts';
import { findAuthorization, loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { countSpending } from './count-spending.ts';
import { useReserved } from './count.ts';
import { chargeRest, coverUsage, restOf, type RestCover } from './cover-rest.ts';
import { pinnedBy, shortfall } from './funding.ts';
import { noteOutput } from './naps.ts';
import { addToPriced, priceCommit, type CommitPrice } from './price-commit.ts';
import { recordUsage } from './record-usage.ts';
import { Transaction } from './transaction.ts';
import { recordStep, rememberFirst, tooManyParts } from './hold-steps.ts';
import { releaseRest } from './release.ts';
import { reportCommit, reportUnpriced } from './report-commit.ts';
import { isSameUsage } from './same-usage.ts';
import { setOffShortfall } from './set-off.ts';

/** Charges what was really used. */
export function commit(context: DecisionContext, said: Commit): Outcome<AuthorizationDecision> {
  const found = findAuthorization(context, said.authorization);
  if (!found) return refused({ code: 'authorization_not_found' });
  const { account, authorization } = found;
  const command = said.added ? { ...said, added: addedSinceNow(account, said.added) } : said;
  const conflict = conflictingTag(authorization, command);
  switch (authorization.status) {
    case 'authorized':
      return conflict ?? commitOpen(context, account, authorization, command);
    case 'expired':
      return conflict ?? commitLate(context, account, authorization, command);
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
  const price = priceCommit(context, account, authorization, command, authorization.held);
  const { amount } = price;
  const ofHold = smallerOf(amount, authorization.held);
  const cover = coverUsage(context, account, authorization, restOf(authorization, amount, ofHold), ofHold);
  if (refuses(authorization, cover)) return refused(uncovered(context, account, authorization, amount, cover));
  const books = new Transaction(context, account);
  if (command.final) authorization.heldAtClose = authorization.held;
  if (!command.final) rememberFirst(authorization);
  spendHeld(books, authorization, ofHold);
  chargeRest(books, authorization, cover);
  takeOver(context, account, authorization, command, price);
  if (!command.final) recordStep(authorization, timeOf(context, account));
  else {
    releaseRest(books, authorization);
    finish(context, account, authorization, amount);
  }
  context.changes.authorizations.update(authorization);
  setOffShortfall(context, account, authorization, cover.ofShortfall);
  reportCommit(context, account, authorization, { required: amount, uncollected: cover.uncollected });
  countSpending(context, account, authorization);
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
  const price = priceCommit(context, account, authorization, command, authorization.heldAtClose ?? ZERO);
  const { amount } = price;
  const cover = coverUsage(context, account, authorization, { overdraft: ZERO, excess: amount }, ZERO);
  if (refuses(authorization, cover)) return refused(uncovered(context, account, authorization, amount, cover));
  chargeRest(new Transaction(context, account), authorization, cover);
  takeOver(context, account, authorization, { ...command, final: true }, price);
  finish(context, account, authorization, amount);
  authorization.late = true;
  context.changes.lateCommits.push(account);
  setOffShortfall(context, account, authorization, cover.ofShortfall);
  reportCommit(context, account, authorization, { required: amount, uncollected: cover.uncollected });
  countSpending(context, account, authorization);
  return decided(account, authorization);
}

/** A tag attributes what was held from the start: a commit may add tags, and change none. */
function conflictingTag({ tags, added }: Authorization, command: Commit): RefusedOutcome | null {
  for (const [tag, value] of Object.entries(command.added?.tags ?? {})) {
    const own = valueOf(tags, tag) ?? valueOf(added?.tags ?? {}, tag);
    if (own !== undefined && own !== value) return refused({ code: 'tag_conflict', tag, value: own });
  }
  return null;
}

/** Notes as of when its tags count, before anything is booked. */
function addedSinceNow({ ids }: AccountState, added: Added): Added {
  const tags = Object.keys(added.tags);
  if (tags.length === 0) return added;
  return { ...added, since: Object.fromEntries(tags.map((tag) => [tag, ids.version.toString()])) };
}

/** A tag may be called like something that every object has. */
function valueOf(tags: Tags, tag: string): string | undefined {
  return Object.hasOwn(tags, tag) ? tags[tag] : undefined;
}

/** Keeps what a commit says beside its amount: its usage, and tags and metadata that it adds. */
function takeOver(
  context: DecisionContext,
  account: AccountState,
  authorization: Authorization,
  command: Commit,
  price: CommitPrice,
): void {
  const { stated = NO_USAGE, added } = command;
  const earlier = authorization.pricing?.usage ?? [];
  noteOutput(context, account, authorization, [...earlier, ...stated.usage]);
  if (price.counts.length > 0) useReserved(context, account, authorization, price.counts);
  if (!command.final) addToPriced(context, authorization, command, price);
  recordUsage(context, account, authorization, {
    kind: command.final ? 'commit' : 'partial_commit',
    stated: { ...stated, settlement: price.settlement },
    priced: price.priced,
    earlier: price.earlier,
  });
  if (added) {
    authorization.added = addTo(authorization, added);
  }
  if (price.settlement === 'unpriced') reportUnpriced(context, account, authorization, price);
}

/** What was known before holds since then. */
function addTo({ tags: own, added: before }: Authorization, { tags, metadata, since }: Added): Added {
  const isKnown = (tag: string): boolean => Object.hasOwn(own, tag) || Object.hasOwn(before?.tags ?? {}, tag);
  const isNew = Object.entries(since ?? {}).filter(([tag]) => !isKnown(tag));
  const allSince = { ...before?.since, ...Object.fromEntries(isNew) };
  return {
    tags: { ...before?.tags, ...tags },
    metadata: { ...before?.metadata, ...metadata },
    ...(Object.keys(allSince).length > 0 && { since: allSince }),
  };
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
  const { usage } = command.stated ?? NO_USAGE;
  // A commit of a charge needn't say again what the charge said.
  const isCharge = authorization.expiresAt === null;
  const stated = isCharge && usage.length === 0 ? [] : authorization.stated.map((one) => one.usage);
  if (!isSameUsage(usage, stated)) return false;
  if (command.amount === null && usage.length > 0) return true;
  return authorization.finalAmount.eq(command.amount ?? authorization.heldAtClose ?? ZERO);
}
