import { formatAmount, ZERO, type Amount } from '../amount.ts';
import type { Lapsed, LapsedShare } from '../authorization.ts';
import type { Transfer } from '../chart.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { publicId, type AccountKey } from '../ids.ts';
import type { AccountState } from '../state.ts';
import { loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { touch, touchGrant, Transaction } from './transaction.ts';
import { grantTold, tell, type Moment } from './tell.ts';
import { enter, watch } from './watch.ts';

/**
 * Books what time alone has done since an account was last written, as of the instants it was due: what lapsed holds have
 * pinned is let go, the unpinned rest of expired grants becomes breakage. It runs before the first decision of a batch, so
 * no decision ever sees a hold or a grant that is over, whether or not a worker came by. Then it tells of it, instant by
 * instant: a grant that takes the place of one that expires crosses no threshold.
 *
 * @param lapsed what the accounts' lapsed holds let go; the loaded authorizations are expired already where they lapsed.
 */
export function settle(context: DecisionContext, lapsed: Lapsed): void {
  const happened: Happened = new Map();
  const booked = context.changes.transfers.length;
  const accounts = [...context.state.accounts.values()];
  for (const account of accounts) noteGrants(context, account, happened);
  for (const share of lapsed.shares) release(context, share);
  for (const account of accounts) expireGrants(context, account);
  for (const transfer of context.changes.transfers.slice(booked)) {
    note(happened, transfer.accountKey, { at: transfer.createdAt, transfer });
  }
  for (const { accountKey, authorizationId, held, at } of lapsed.holds) {
    const told = { authorization: publicId('authorization', authorizationId), released: formatAmount(held) };
    note(happened, accountKey, {
      at,
      tell: (account, moment) => tell(context, account, 'authorization.expired', told, moment),
    });
  }
  for (const [key, incidents] of happened) {
    const account = context.state.accounts.get(key);
    if (account) retell(context, account, incidents);
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
  /** What has come into effect. */
  readonly entering?: { readonly grant: Grant; readonly amount: Amount };
  readonly tell?: (account: AccountState, moment: Moment, together: readonly Incident[]) => void;
}

type Happened = Map<AccountKey, Incident[]>;

function note(happened: Happened, key: AccountKey, incident: Incident): void {
  const incidents = happened.get(key);
  if (incidents) incidents.push(incident);
  else happened.set(key, [incident]);
}

function release(context: DecisionContext, { accountKey, grantId, amount, at }: LapsedShare): void {
  const account = context.state.accounts.get(accountKey);
  if (!account) return;
  // A hold that has lapsed changes its account, also where nothing was left of it.
  touch(context, account);
  const books = new Transaction(context, account);
  if (grantId === null) books.unpinOverdraft(amount);
  else books.unpin(loadedGrant(context, grantId), amount, at);
}

/** Before anything is booked: what of the grants has come into effect, and what is over. */
function noteGrants(context: DecisionContext, account: AccountState, happened: Happened): void {
  const now = timeOf(context, account);
  const { key } = account.account;
  for (const grant of account.grants) {
    const { remaining, effectiveAt, expiresAt } = grant;
    if (remaining.isZero()) continue;
    if (!grant.entered && effectiveAt <= now) {
      note(happened, key, { at: effectiveAt, entering: { grant, amount: remaining } });
    }
    if (expiresAt === null || grant.expired || grant.voidedAt !== null || !hasExpired(grant, now)) continue;
    grant.expired = true;
    touchGrant(context, grant);
    note(happened, key, { at: expiresAt, tell: tellExpiry(context, grant) });
  }
}

function tellExpiry(context: DecisionContext, grant: Grant): NonNullable<Incident['tell']> {
  return (account, moment, together) => {
    const lost = together.filter(({ transfer }) => transfer?.grantId === grant.id);
    const told = { ...grantTold(grant), amount_expired: formatAmount(sumOf(lost)) };
    tell(context, account, 'grant.expired', told, moment);
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
function retell(context: DecisionContext, account: AccountState, incidents: readonly Incident[]): void {
  const instants = Map.groupBy(
    incidents.toSorted((a, b) => a.at - b.at),
    ({ at }) => at,
  );
  for (const [at, together] of instants) {
    const entered = together.reduce((sum, { entering }) => sum.plus(entering?.amount ?? ZERO), ZERO);
    const moment = { at, posted: account.watched.plus(entered).minus(sumOf(together)) };
    for (const { entering } of together) if (entering) enter(context, account, entering.grant, entering.amount);
    for (const incident of together) incident.tell?.(account, moment, together);
    watch(context, account, moment);
  }
}

/** All transfers that time alone makes take something away. */
function sumOf(incidents: readonly Incident[]): Amount {
  return incidents.reduce((sum, { transfer }) => sum.plus(transfer?.amount ?? ZERO), ZERO);
}
