import { formatAmount, ZERO } from '#amounts';
import type { Lapsed, LapsedHold, LapsedShare } from '../authorization.ts';
import type { Balance } from '../balance.ts';
import { lastInstantOf, runningPeriod, type CommitmentPeriod } from '../commitments.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { publicId } from '../ids.ts';
import { nextPeriodAt, nextRefillAt } from '../refills.ts';
import { noteLifetime, type AccountState } from '../state.ts';
import { enter } from './alert-on-balance.ts';
import { topUpLater, topUpOnceSettled } from './auto-topup.ts';
import { openPeriod } from './change-commitment.ts';
import { planHoldsUntil } from './change-plan.ts';
import { loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { free } from './count.ts';
import { emit, grantData, type Moment } from './emit.ts';
import { observeBalance } from './observe-balances.ts';
import type { RefillIncident } from './refill-incident.ts';
import { refillIncidents } from './refill-incidents.ts';
import { sumsOfPeriods } from './settle-recurring.ts';
import { reportLosses } from './report-losses.ts';
import { reportSettled, settleCommitment } from './settle-commitment.ts';
import { Timeline } from './timeline.ts';
import { Transaction } from './transaction.ts';

/**
 * Books what time alone has done since an account was last written: grants come into effect, what lapsed holds have pinned
 * is let go with what they have reserved of counters, the unpinned rest of expired grants becomes breakage, and what is missing
 * to a commitment at the end of its period is charged. It runs before the first decision of a batch, so no decision ever sees a
 * hold or a grant that has expired, whether or not a worker came by.
 *
 * It goes through the instants in their order, and what happened at one instant happened together. So what its events say
 * depends on when things were due, and not on when they are booked; and a grant that takes the place of one that expires
 * crosses no threshold.
 *
 * @param lapsed what the accounts' lapsed holds let go; the loaded authorizations are expired already where they lapsed.
 * @returns whether there is more than is booked at once; then nothing may be decided before the rest is booked too.
 */
export function settle(context: DecisionContext, lapsed: Lapsed): boolean {
  const stepsLeft = { count: REFILLS_AT_ONCE };
  let isPart = lapsed.isPart;
  const shares = Map.groupBy(lapsed.shares, ({ accountKey }) => accountKey);
  const holds = Map.groupBy(lapsed.holds, ({ accountKey }) => accountKey);
  const reservations = Map.groupBy(lapsed.reservations, ({ accountKey }) => accountKey);
  for (const account of context.state.accounts.values()) {
    const { key } = account.account;
    for (const reservation of reservations.get(key) ?? []) free(context, account, reservation);
    const own = { shares: shares.get(key) ?? [], holds: holds.get(key) ?? [] };
    const until = settledUntil(context, account, own.shares, lapsed.isPart);
    const isDone = settleAccount(context, account, { ...own, until }, stepsLeft);
    if (isDone && !lapsed.isPart) topUpOnceSettled(context, account);
    else topUpLater(context, account);
    isPart = !isDone || isPart;
  }
  context.changes.moved.clear();
  // What a command opens may be taken back with it, and no command has begun.
  context.changes.opened.clear();
  return isPart;
}

/** Whether time has done nothing to an account that {@link settle} would have to book. @param now by the account's clock */
export function isSettled({ grants, holdExpiries, commitments, refills }: AccountState, now: number): boolean {
  if ((nextRefillAt(refills) ?? Number.POSITIVE_INFINITY) <= now) return false;
  if ((runningPeriod(commitments)?.end ?? Number.POSITIVE_INFINITY) <= now) return false;
  if ((holdExpiries.earliest() ?? Number.POSITIVE_INFINITY) <= now) return false;
  return grants.every((grant) => {
    if (grant.remaining.isZero()) return true;
    if (!grant.entered && grant.effectiveAt <= now) return false;
    return !hasExpired(grant, now) || ((grant.expired || grant.voidedAt !== null) && grant.remaining.eq(grant.held));
  });
}

/** So that no number of periods makes a transaction long. */
const REFILLS_AT_ONCE = 200;

/** What time does to one account up to an instant. */
interface Due {
  readonly shares: readonly LapsedShare[];
  readonly holds: readonly LapsedHold[];
  /** By the account's clock. */
  readonly until: number;
}

/** What happens at one instant. */
interface Incident {
  readonly at: number;
  readonly share?: LapsedShare;
  readonly hold?: LapsedHold;
  readonly entering?: Grant;
  readonly expiring?: Grant;
  readonly ending?: CommitmentPeriod;
  readonly refill?: RefillIncident;
}

/** Holds that lapsed later may be missing. What they pin can't be told from what is free, so time stops at the last one that isn't. */
function settledUntil(
  context: DecisionContext,
  account: AccountState,
  shares: readonly LapsedShare[],
  isPart: boolean,
): number {
  if (!isPart) return timeOf(context, account);
  // Each hold may have pinned thousands of grants: too many shares for the arguments of one call.
  return shares.reduce((last, { at }) => Math.max(last, at), Number.NEGATIVE_INFINITY);
}

/** @returns whether all of it is booked: of refills, no more than are left to be booked at once */
function settleAccount(
  context: DecisionContext,
  account: AccountState,
  due: Due,
  stepsLeft: { count: number },
): boolean {
  // All that has lapsed is booked now, because its rows are moved already; so is a sum, because its periods are passed already.
  const planHolds = planHoldsUntil(context, account) - 1;
  const lapsing = [
    ...due.shares.map((share): Incident => ({ at: share.at, share })),
    ...due.holds.map((hold): Incident => ({ at: hold.at, hold })),
    ...sumsOfPeriods(context, account, Math.min(due.until, planHolds)).map((refill): Incident => ({
      at: refill.at,
      refill,
    })),
  ];
  const lastLapse = lapsing.reduce((last, { at }) => Math.max(last, at), Number.NEGATIVE_INFINITY);
  const timeline = new Timeline([...lapsing, ...account.grants.flatMap((grant) => incidentsOf(grant, due.until))]);
  // A hold that has lapsed changes its account, also where nothing was left of it.
  if (due.shares.length > 0) context.changes.accounts.update(account);
  const scheduled = account.grants.filter((grant) => !grant.entered && grant.effectiveAt <= timeOf(context, account));
  for (;;) {
    const refillAt = nextPeriodAt(account.refills) ?? Number.POSITIVE_INFINITY;
    const ending = endingPeriod(account, due.until);
    const at = Math.min(timeline.next(), refillAt, ending?.at ?? Number.POSITIVE_INFINITY);
    if (at > due.until || at === Number.POSITIVE_INFINITY) return true;
    if (stepsLeft.count <= 0 && at > lastLapse) return false;
    const refills = refillAt === at ? refillIncidents(context, account, at) : [];
    stepsLeft.count -= refills.length;
    const together = [
      ...timeline.take(at),
      ...(ending?.at === at ? [ending] : []),
      ...refills.map((refill): Incident => ({ at, refill })),
    ];
    const made = context.changes.grants.created.size;
    passInstant(context, account, { at, together, scheduled });
    // What was granted at this instant, or has rolled over, may have expired since.
    const { created } = context.changes.grants;
    for (const grant of [...created].slice(made)) timeline.add(incidentsOf(grant, due.until));
    if ((nextPeriodAt(account.refills) ?? Number.POSITIVE_INFINITY) <= at) {
      throw new Error(`what is due at ${at} of the refills of account ${account.account.key} stays due`);
    }
  }
}

function incidentsOf(grant: Grant, until: number): Incident[] {
  const { remaining, entered, effectiveAt, expiresAt, expired, voidedAt } = grant;
  if (remaining.isZero()) return [];
  const incidents: Incident[] = [];
  if (!entered && effectiveAt <= until) incidents.push({ at: effectiveAt, entering: grant });
  if (expiresAt !== null && !expired && voidedAt === null && hasExpired(grant, until)) {
    incidents.push({ at: expiresAt, expiring: grant });
  }
  return incidents;
}

/** The running period of a commitment, where it has ended. The next one begins when it is settled. */
function endingPeriod({ commitments }: AccountState, until: number): Incident | null {
  const period = runningPeriod(commitments);
  return period && period.end <= until ? { at: lastInstantOf(period), ending: period } : null;
}

interface Instant {
  readonly at: number;
  readonly together: readonly Incident[];
  /** Grants that come into effect at some instant up to now; the account's sums have all of them. */
  readonly scheduled: readonly Grant[];
}

function passInstant(context: DecisionContext, account: AccountState, { at, together, scheduled }: Instant): void {
  for (const { entering } of together) if (entering) comeIntoEffect(context, account, entering);
  const refills = together.flatMap((one) => one.refill ?? []);
  const expiring = together.flatMap((one) => one.expiring ?? []);
  for (const { share } of together) if (share) release(context, account, share, expiring);
  // What ends now isn't counted by what may roll over.
  for (const grant of expiring) grant.expired = true;
  for (const grant of expiring) expire(context, account, grant, at);
  const ending = together.flatMap((one) => one.ending ?? []);
  for (const period of ending) {
    settleCommitment(context, account, period);
    openPeriod(context, account, period.end);
  }
  for (const { changePlan } of refills) changePlan?.();
  for (const { grant } of refills) grant?.();
  const moment = { at, balance: balanceThen(account, scheduled) };
  for (const grant of expiring) emitExpiry(context, account, grant, moment);
  for (const period of ending) reportSettled(context, account, period, moment);
  for (const { report } of refills) report?.(moment);
  reportLosses(context, moment);
  for (const { hold } of together) {
    if (!hold) continue;
    noteLifetime(account, hold.at - hold.createdAt);
    emitLapse(context, account, hold, moment);
  }
  observeBalance(context, account, moment);
}

/** The account's sums have its credits already. */
function comeIntoEffect(context: DecisionContext, account: AccountState, grant: Grant): void {
  enter(context, account, grant, grant.remaining);
  context.changes.moved.add(account);
}

function expire(context: DecisionContext, account: AccountState, grant: Grant, at: number): void {
  context.changes.grants.update(grant);
  const rest = grant.remaining.minus(grant.held);
  if (!rest.isZero()) new Transaction(context, account).end(grant, rest, at);
}

function release(
  context: DecisionContext,
  account: AccountState,
  { grantId, amount, at }: LapsedShare,
  expiring: readonly Grant[],
): void {
  if (amount.isZero()) return;
  const books = new Transaction(context, account);
  if (grantId === null) {
    books.unpinOverdraft(amount);
    return;
  }
  const grant = loadedGrant(context, grantId);
  if (expiring.includes(grant)) books.unpinEnding(grant, amount);
  else books.unpin(grant, amount, at);
}

function emitExpiry(context: DecisionContext, account: AccountState, grant: Grant, moment: Moment): void {
  const lost = context.changes.lost.get(grant) ?? ZERO;
  context.changes.lost.delete(grant);
  const data = { ...grantData(grant), amount_expired: formatAmount(lost) };
  emit(context, account, 'grant.expired', data, moment);
}

function emitLapse(context: DecisionContext, account: AccountState, hold: LapsedHold, moment: Moment): void {
  const data = {
    authorization: publicId('authorization', hold.authorizationId),
    released: formatAmount(hold.held),
  };
  emit(context, account, 'authorization.expired', data, moment);
}

/** What comes into effect later than this instant doesn't count yet. */
function balanceThen({ posted, held }: AccountState, scheduled: readonly Grant[]): Balance {
  const later = scheduled.filter(({ entered }) => !entered);
  return { posted: later.reduce((sum, { remaining }) => sum.minus(remaining), posted), held };
}
