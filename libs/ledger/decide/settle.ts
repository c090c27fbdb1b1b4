import { type Amount, formatAmount, ZERO } from '#amounts';
import type { Lapsed, LapsedHold, LapsedShare } from '../authorization.ts';
import type { Transfer } from '../chart.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { publicId, type AccountKey } from '../ids.ts';
import type { AccountState } from '../state.ts';
import { enter } from './alert-on-balance.ts';
import { loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { emit, grantData, type Moment } from './emit.ts';
import { observeBalance } from './observe-balances.ts';
import { Transaction } from './transaction.ts';

/**
 * Books what time alone has done since an account was last written, as of the instants it was due: what lapsed holds have
 * pinned is let go, the unpinned rest of expired grants becomes breakage. It runs before the first decision of a batch, so
 * no decision ever sees a hold or a grant that has expired, whether or not a worker came by. Then it emits the events of it,
 * instant by instant: a grant that takes the place of one that expires crosses no threshold.
 *
 * @param lapsed what the accounts' lapsed holds let go; the loaded authorizations are expired already where they lapsed.
 */
export function settle(context: DecisionContext, lapsed: Lapsed): void {
  const timeline: Timeline = new Map();
  const booked = context.changes.transfers.length;
  const accounts = [...context.state.accounts.values()];
  for (const account of accounts) noteGrants(context, account, timeline);
  for (const share of lapsed.shares) release(context, share, timeline);
  for (const account of accounts) expireGrants(context, account);
  for (const transfer of context.changes.transfers.slice(booked)) {
    note(timeline, transfer.accountKey, { at: transfer.createdAt, transfer });
  }
  for (const hold of lapsed.holds) note(timeline, hold.accountKey, { at: hold.at, emit: emitLapse(context, hold) });
  for (const [key, incidents] of timeline) {
    const account = context.state.accounts.get(key);
    if (account) report(context, account, incidents);
  }
  context.changes.moved.clear();
}

/** Whether time has done nothing to an account that {@link settle} would have to book. @param now by the account's clock */
export function isSettled({ grants, holdExpiries }: AccountState, now: number): boolean {
  if ((holdExpiries.earliest() ?? Number.POSITIVE_INFINITY) <= now) return false;
  return grants.every((grant) => {
    if (grant.remaining.isZero()) return true;
    if (!grant.entered && grant.effectiveAt <= now) return false;
    return !hasExpired(grant, now) || ((grant.expired || grant.voidedAt !== null) && grant.remaining.eq(grant.held));
  });
}

/** Something that time has done to an account. */
interface Incident {
  readonly at: number;
  /** What has left the account. */
  readonly transfer?: Transfer;
  /** What is no longer held. */
  readonly released?: Amount;
  /** What has come into effect. */
  readonly entering?: { readonly grant: Grant; readonly amount: Amount };
  readonly emit?: (account: AccountState, moment: Moment, together: readonly Incident[]) => void;
}

type Timeline = Map<AccountKey, Incident[]>;

function note(timeline: Timeline, key: AccountKey, incident: Incident): void {
  const incidents = timeline.get(key);
  if (incidents) incidents.push(incident);
  else timeline.set(key, [incident]);
}

function release(context: DecisionContext, { accountKey, grantId, amount, at }: LapsedShare, timeline: Timeline): void {
  const account = context.state.accounts.get(accountKey);
  if (!account) return;
  // A hold that has lapsed changes its account, also where nothing was left of it.
  context.changes.accounts.update(account);
  if (amount.isZero()) return;
  const books = new Transaction(context, account);
  if (grantId === null) books.unpinOverdraft(amount);
  else books.unpin(loadedGrant(context, grantId), amount, at);
  note(timeline, accountKey, { at, released: amount });
}

/** Before anything is booked: which grants have come into effect, and which have expired. */
function noteGrants(context: DecisionContext, account: AccountState, timeline: Timeline): void {
  const now = timeOf(context, account);
  const { key } = account.account;
  for (const grant of account.grants) {
    const { remaining, effectiveAt, expiresAt } = grant;
    if (remaining.isZero()) continue;
    if (!grant.entered && effectiveAt <= now) {
      note(timeline, key, { at: effectiveAt, entering: { grant, amount: remaining } });
    }
    if (expiresAt === null || grant.expired || grant.voidedAt !== null || !hasExpired(grant, now)) continue;
    grant.expired = true;
    context.changes.grants.update(grant);
    note(timeline, key, { at: expiresAt, emit: emitExpiry(context, grant) });
  }
}

function emitLapse(context: DecisionContext, { authorizationId, held }: LapsedHold): NonNullable<Incident['emit']> {
  const data = { authorization: publicId('authorization', authorizationId), released: formatAmount(held) };
  return (account, moment) => emit(context, account, 'authorization.expired', data, moment);
}

function emitExpiry(context: DecisionContext, grant: Grant): NonNullable<Incident['emit']> {
  return (account, moment, together) => {
    const lost = together.filter(({ transfer }) => transfer?.grantId === grant.id);
    const data = { ...grantData(grant), amount_expired: formatAmount(sumOf(lost, ({ transfer }) => transfer?.amount)) };
    emit(context, account, 'grant.expired', data, moment);
  };
}

function expireGrants(context: DecisionContext, account: AccountState): void {
  const now = timeOf(context, account);
  for (const grant of account.grants) {
    if (grant.expiresAt === null || !hasExpired(grant, now)) continue;
    const rest = grant.remaining.minus(grant.held);
    if (rest.isZero()) continue;
    new Transaction(context, account).expire(grant, rest, grant.expiresAt);
  }
}

/** Goes through what has happened in the order of time. What happened at one instant happened together. */
function report(context: DecisionContext, account: AccountState, incidents: readonly Incident[]): void {
  const instants = Map.groupBy(
    incidents.toSorted((a, b) => a.at - b.at),
    ({ at }) => at,
  );
  for (const [at, together] of instants) {
    const moment = { at, balance: balanceAfter(account, together) };
    for (const { entering } of together) if (entering) enter(context, account, entering.grant, entering.amount);
    for (const incident of together) incident.emit?.(account, moment, together);
    observeBalance(context, account, moment);
  }
}

/** All transfers that time alone makes take something away. */
function balanceAfter({ observed }: AccountState, together: readonly Incident[]): Moment['balance'] {
  const entered = sumOf(together, ({ entering }) => entering?.amount);
  const lost = sumOf(together, ({ transfer }) => transfer?.amount);
  return {
    posted: observed.posted.plus(entered).minus(lost),
    held: observed.held.minus(sumOf(together, ({ released }) => released)),
  };
}

function sumOf(incidents: readonly Incident[], pick: (incident: Incident) => Amount | undefined): Amount {
  return incidents.reduce((sum, incident) => sum.plus(pick(incident) ?? ZERO), ZERO);
}
