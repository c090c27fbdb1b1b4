import { Amount } from '#amounts';
import type { Pool } from '#database';
import type { Lease, Refilled, Window } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryable } from '../queryable.ts';
import { transact } from '../transact.ts';
import { giveBack, readWindow, type IdleShare, type KeptShare, type WindowNow } from './idle-shares.ts';
import { leaseShares, needsOf, type Shortage } from './lease-shares.ts';
import { readLapsedShares } from './lapsed-shares.ts';
import type { CommandWant, ReturnShare } from './lease-source.ts';

/** Each time others may have taken what was just taken back, or something may still be on its way to them. */
const ROUNDS_MAX = 100;
/** How long to wait for accounts to take what was leased to them. */
const MOVING_PAUSE_MS = 10;

interface Refill extends Refilled {
  readonly exhausted: readonly WindowNow[];
  /** Limits that are none any more. */
  readonly gone: readonly string[];
}

/**
 * Leases what shares are too small for. Where a limit has too little left, what other accounts don't use is taken back, and it is
 * tried once more. Three transactions, none of which locks both an account and a limit: a lease, then the account's decision that
 * takes it; and an account's decision that lets go, then the limit that gets it back. Whatever ends a process in between leaves
 * something leased that nobody uses.
 */
export async function refillShares(
  pool: Pool,
  wants: readonly CommandWant[],
  returnShare: ReturnShare,
): Promise<Refill> {
  const leases = new Map<string, Lease>();
  const exhausted: WindowNow[] = [];
  const gone: string[] = [];
  let open = wants;
  for (let round = 1; open.length > 0; round += 1) {
    const leased = await transact(pool, (database) => leaseShares(database, open, { isScarce: round > 1 }));
    for (const lease of leased.leases) leases.set(`${lease.limit}/${lease.window.start}/${lease.accountKey}`, lease);
    gone.push(...leased.gone);
    const freed = new Set<string>();
    for (const shortage of leased.shortages) {
      const found = await takeBack(pool, shortage, keptOf(leases.values(), open, shortage), returnShare);
      if (!found || (round < ROUNDS_MAX && mayFindMore(found, shortage))) freed.add(shortage.limit);
      // Otherwise what was just leased may be left: something else may decline its requests. Those in need are decided after them.
      else if (!decidesFirst(found, shortage)) exhausted.push(found);
    }
    open = open.filter(({ limit }) => freed.has(limit));
  }
  return { leases: [...leases.values()], exhausted, gone };
}

/** What was leased here, up to what was asked for: what goes beyond that is there for others who ask. */
function keptOf(
  leases: Iterable<Lease>,
  wants: readonly CommandWant[],
  { limit, windowStart }: Shortage,
): readonly KeptShare[] {
  const leased = [...leases].filter((one) => one.limit === limit && one.window.start === windowStart);
  return leased.flatMap(({ accountKey, window }) => {
    const isOfThis = (one: CommandWant): boolean =>
      one.limit === limit && one.accountKey === accountKey && contains(window, one.at);
    return needsOf(wants.filter(isOfThis)).map(({ granted, need }) => ({ accountKey, kept: granted.plus(need) }));
  });
}

function contains({ start, end }: Window, at: number): boolean {
  return start <= at && (end === null || at < end);
}

/** Whether requests that hold leases of this refill can be decided before those in need. A batch takes all its leases at once. */
function decidesFirst({ awaitsDecisions }: WindowNow, { isJoint }: Shortage): boolean {
  return awaitsDecisions && !isJoint;
}

/**
 * Whether another round may lease what is needed. It doesn't wait for what others haven't taken yet while requests here could take
 * theirs: two processes would wait for each other, until both refuse.
 */
function mayFindMore(found: WindowNow, shortage: Shortage): boolean {
  const { left, idleShares, isMoving } = found;
  if (left.gte(shortage.need) || idleShares.length > 0) return true;
  return isMoving && !decidesFirst(found, shortage);
}

/** @returns the window as it was before; `null` where the limit is none any more */
async function takeBack(
  pool: Pool,
  shortage: Shortage,
  kept: readonly KeptShare[],
  returnShare: ReturnShare,
): Promise<WindowNow | null> {
  const { limit, windowStart, need } = shortage;
  const window = { limit, windowStart };
  const now = await transact(pool, (database) => readWindow(database, window, { kept }));
  if (!now || now.left.gte(need)) return now;
  if (now.idleShares.length === 0 && now.isMoving) {
    if (!decidesFirst(now, shortage)) await sleep(MOVING_PAUSE_MS);
    return now;
  }
  const idleShares = now.idleShares.length > 0 ? now.idleShares : await readLapsedShares(queryable(pool), window);
  if (idleShares.length === 0) return now;
  const found = { ...now, idleShares };
  await returnShares(pool, found, enough(found, need), returnShare);
  return found;
}

/** What is idle with whom, up to what is needed, and some more: the next request needs something too. */
function enough({ idleShares, left, amount }: WindowNow, need: Amount): readonly IdleShare[] {
  const wanted = Amount.max(need.minus(left), amount.div(64));
  const chosen: IdleShare[] = [];
  let sum = new Amount(0);
  for (const share of idleShares) {
    if (sum.gte(wanted)) break;
    chosen.push(share);
    sum = sum.plus(share.idle);
  }
  return chosen;
}

/** Lets accounts make shares smaller, and then the limit have it back. */
export async function returnShares(
  pool: Pool,
  { limit, window }: WindowNow,
  shares: readonly IdleShare[],
  returnShare: ReturnShare,
): Promise<void> {
  const results = await Promise.allSettled(
    shares.map(async (share) => {
      const { account, lease } = share;
      const { granted, lease: last } = await returnShare({ account, limit, window, lease });
      return { share, granted, isCurrent: last === lease };
    }),
  );
  const smaller = results.flatMap((one) => (one.status === 'fulfilled' && one.value.isCurrent ? [one.value] : []));
  if (smaller.length > 0) {
    await transact(pool, (database) => giveBack(database, { limit, windowStart: window.start }, smaller));
  }
  const failed = results.find((one) => one.status === 'rejected');
  if (failed && smaller.length === 0) throw failed.reason;
}
