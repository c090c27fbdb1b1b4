import { Amount, formatAmount, ZERO } from '#amounts';
import { leaseOf, spanWindowOf, type AccountKey, type Lease } from '#ledger';
import type { Queryable } from '../queryable.ts';
import { arrayOf } from '../statement.ts';
import type { CommandWant } from './lease-source.ts';
import { lockLimit, type LockedLimit } from './lock-limit.ts';

/** A window of which less was left than was wanted. */
export interface Shortage {
  readonly limit: string;
  readonly windowStart: number;
  /** What is still wanted. */
  readonly need: Amount;
  /** Whether a command over several accounts wants some: what was leased to one of them comes free only if it doesn't go through. */
  readonly isJoint: boolean;
}

export interface Leased {
  readonly leases: readonly Lease[];
  readonly shortages: readonly Shortage[];
  /** Limits that are none any more. */
  readonly gone: readonly string[];
}

/** What one account wants of a window. */
interface Need {
  readonly accountKey: AccountKey;
  readonly need: Amount;
  /** What the smallest of its requests needs. */
  readonly least: Amount;
  /** What its share has been granted, as far as the decision knew. */
  readonly granted: Amount;
  /** `null`: it takes no more than it needs. */
  readonly perMinute: Amount | null;
}

interface LimitWindow {
  readonly start: number;
  readonly end: number | null;
  readonly granted: Amount;
}

interface LeaseOptions {
  /** Whether there was too little before: then nobody takes more than it needs. */
  readonly isScarce?: boolean;
}

/**
 * Leases to accounts what their shares are too small for, as far as the limits have it left. Call it in a transaction of its own:
 * once that is committed, the leases are for their accounts to take. One that isn't taken, because a process died, is found here
 * the next time that the account wants something.
 */
export async function leaseShares(
  database: Queryable,
  wants: readonly CommandWant[],
  { isScarce = false }: LeaseOptions = {},
): Promise<Leased> {
  const leases: Lease[] = [];
  const shortages: Shortage[] = [];
  const gone: string[] = [];
  const byLimit = [...Map.groupBy(wants, ({ limit }) => limit)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [id, ofLimit] of byLimit) {
    const limit = await lockLimit(database, id);
    if (!limit) {
      gone.push(id);
      continue;
    }
    for (const [window, ofWindow] of await byWindow(database, limit, ofLimit)) {
      const needs = needsOf(ofWindow).map((one) => (isScarce ? { ...one, perMinute: null } : one));
      const { need, leased } = await leaseOfWindow(database, limit, window, needs);
      leases.push(...leased);
      const isJoint = ofWindow.some((want) => want.isJoint);
      if (need.gt(ZERO)) shortages.push({ limit: id, windowStart: window.start, need, isJoint });
    }
  }
  return { leases, shortages, gone };
}

/** Most often all are of one window; only test clocks make several. */
async function byWindow(
  database: Queryable,
  limit: LockedLimit,
  wants: readonly CommandWant[],
): Promise<ReadonlyMap<LimitWindow, readonly CommandWant[]>> {
  const windows: LimitWindow[] = [];
  const groups = new Map<LimitWindow, CommandWant[]>();
  for (const want of wants) {
    let window = windows.find(({ start, end }) => start <= want.at && (end === null || want.at < end));
    if (!window) windows.push((window = await findOrOpenWindow(database, limit, want.at)));
    groups.set(window, [...(groups.get(window) ?? []), want]);
  }
  return groups;
}

interface WindowRow {
  readonly window_start: Date;
  readonly window_end: Date | null;
  readonly granted: string;
}

/** The limit is locked, so nobody else opens one. */
async function findOrOpenWindow(
  database: Queryable,
  { id, period, timeZone, amount }: LockedLimit,
  at: number,
): Promise<LimitWindow> {
  const { rows } = await database.query<WindowRow>(
    `(select window_start, window_end, granted from span_limit_windows
      where limit_id = $1 and window_start <= $2 order by window_start desc limit 1)
    union all
    (select window_start, window_end, granted from span_limit_windows
      where limit_id = $1 and window_start > $2 order by window_start limit 1)`,
    [id, new Date(at)],
  );
  const found = rows.map(({ window_start, window_end, granted }) => ({
    start: window_start.getTime(),
    end: window_end?.getTime() ?? null,
    granted: new Amount(granted),
  }));
  const current = found.find(({ start, end }) => start <= at && (end === null || at < end));
  if (current) return current;
  const { start, end } = spanWindowOf(period, timeZone, at, found);
  await database.query(
    'insert into span_limit_windows (limit_id, window_start, window_end, "limit") values ($1, $2, $3, $4)',
    [id, new Date(start), end === null ? null : new Date(end), formatAmount(amount)],
  );
  return { start, end, granted: ZERO };
}

/** What the accounts of requests in one window want of it. */
export function needsOf(wants: readonly CommandWant[]): readonly Need[] {
  const byAccount = Map.groupBy(wants, ({ accountKey }) => accountKey);
  return [...byAccount].map(([accountKey, own]) => {
    // Requests that were decided one after the other found the same room, unless something was decided in between.
    const last = own.at(-1);
    const room = last?.room ?? ZERO;
    return {
      accountKey,
      need: own.reduce((sum, { required }) => sum.plus(required), room.neg()),
      least: Amount.min(...own.map((one) => one.least.minus(one.room))),
      granted: Amount.max(...own.map(({ granted }) => granted)),
      perMinute: last?.perMinute ?? ZERO,
    };
  });
}

interface ShareRow {
  readonly account_id: string;
  readonly granted: string;
  readonly lease: string;
}

async function leaseOfWindow(
  database: Queryable,
  { id, amount }: LockedLimit,
  window: LimitWindow,
  needs: readonly Need[],
): Promise<{ readonly need: Amount; readonly leased: readonly Lease[] }> {
  const place = [id, new Date(window.start)];
  const { rows: shares } = await database.query<ShareRow>(
    `select account_id, granted from span_limit_shares
    where limit_id = $1 and window_start = $2 and account_id = any($3::bigint[])`,
    [...place, arrayOf(needs.map(({ accountKey }) => accountKey))],
  );
  const grantedTo = new Map(shares.map((row) => [row.account_id, new Amount(row.granted)]));
  let left = Amount.max(amount.minus(window.granted), ZERO);
  let unmet = ZERO;
  const taken: { accountKey: AccountKey; amount: Amount }[] = [];
  for (const { accountKey, need, least, granted, perMinute } of needs) {
    // Below zero where something of it was taken back after the decision.
    const untaken = (grantedTo.get(accountKey) ?? ZERO).minus(granted);
    const lease = need.lte(untaken)
      ? ZERO
      : leaseOf(left, { need: need.minus(untaken), least: least.minus(untaken), perMinute });
    left = left.minus(lease);
    unmet = unmet.plus(Amount.max(need.minus(untaken).minus(lease), ZERO));
    // Who needs nothing has no share yet: an empty one will do.
    if (!lease.isZero() || untaken.gt(ZERO) || need.lte(ZERO)) taken.push({ accountKey, amount: lease });
  }
  if (taken.length === 0) return { need: unmet, leased: [] };
  const { rows } = await database.query<ShareRow>(
    `insert into span_limit_shares as s (limit_id, window_start, account_id, granted, lease, leased_at)
    select $1, $2, v.account_id, v.amount, 1, clock_timestamp()
    from unnest($3::bigint[], $4::numeric[]) v (account_id, amount)
    on conflict (limit_id, window_start, account_id) do update
      set granted = s.granted + excluded.granted, lease = s.lease + 1, leased_at = excluded.leased_at
    returning account_id, granted, lease`,
    [
      ...place,
      arrayOf(taken.map(({ accountKey }) => accountKey)),
      arrayOf(taken.map((one) => formatAmount(one.amount))),
    ],
  );
  const sum = taken.reduce((total, one) => total.plus(one.amount), ZERO);
  await database.query(
    `update span_limit_windows set granted = granted + $3::numeric, "limit" = greatest($4::numeric, granted + $3::numeric)
    where limit_id = $1 and window_start = $2`,
    [...place, formatAmount(sum), formatAmount(amount)],
  );
  const leased = rows.map((row) => ({
    limit: id,
    accountKey: row.account_id,
    window: { start: window.start, end: window.end },
    granted: new Amount(row.granted),
    number: Number(row.lease),
  }));
  return { need: unmet, leased };
}
