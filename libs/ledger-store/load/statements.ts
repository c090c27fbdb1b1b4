import type { AccountKey } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';

/**
 * What a batch reads. All but the lock run after it, each on a snapshot of its own: in READ COMMITTED a statement that
 * waits for a lock still sees the other tables as they were before the wait.
 */

/** Locks every account of the batch in one statement, in the order of keys, so that two batches can't wait for each other. */
export function lockAccounts(keys: readonly AccountKey[]): Statement {
  return {
    name: 'lock_accounts',
    text: 'select * from accounts where account_id = any($1::bigint[]) order by account_id for no key update',
    values: [arrayOf(keys)],
  };
}

export function findAccounts(keys: readonly AccountKey[]): Statement {
  return { name: 'find_accounts', text: 'select * from accounts where account_id = any($1::bigint[])', values: [keys] };
}

export interface ClockRow {
  now: Date;
  /** `null` in the one row of a reading of no accounts. */
  account_id: string | null;
  next_hold_expiry: Date | null;
}

/** The one clock, read under the locks, and when each account's next hold runs out. */
export function readClock(keys: readonly AccountKey[]): Statement {
  return {
    name: 'read_clock',
    text: `with clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as now)
      select clock.now, a.account_id,
        (select min(h.expires_at) from holds h where h.account_id = a.account_id and h.expires_at > clock.now and h.expires_at > '-infinity') as next_hold_expiry
      from clock left join unnest($1::bigint[]) a (account_id) on true`,
    values: [arrayOf(keys)],
  };
}

export function findOpenGrants(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_open_grants',
    text: 'select * from grants where account_id = any($1::bigint[]) and open',
    values: [arrayOf(keys)],
  };
}

/** The same, but only of accounts whose clock isn't the one at which the caller knows their grants. */
export function findMovedGrants(keys: readonly AccountKey[], stamps: readonly (string | null)[]): Statement {
  return {
    name: 'find_moved_grants',
    text: `select g.* from unnest($1::bigint[], $2::bigint[]) known (account_id, id_clock)
      join accounts a using (account_id) join grants g using (account_id)
      where g.open and a.id_clock is distinct from known.id_clock`,
    values: [arrayOf(keys), arrayOf(stamps)],
  };
}

export function findGrants(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_grants',
    text: `select g.* from unnest($1::bigint[], $2::uuid[]) wanted (account_id, id) join grants g using (account_id, id)`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

/** The grants a refund may credit: those the authorizations drew on, and those that have repaid debt. */
export function findRefundableGrants(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_refundable_grants',
    text: `with wanted as (select * from unnest($1::bigint[], $2::uuid[]) w (account_id, id)),
      drawn as (
        select a.account_id, (draw ->> 0)::uuid as id
        from wanted join authorizations a using (account_id, id) cross join lateral jsonb_array_elements(a.draws) draw
        union
        select h.account_id, (draw ->> 0)::uuid
        from wanted join holds h using (account_id, id) cross join lateral jsonb_array_elements(h.draws) draw
        union
        select p.account_id, p.id from wanted join grants p on p.account_id = wanted.account_id where p.repaid > 0
      )
      select g.* from drawn join grants g using (account_id, id)`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

/**
 * Holds that have run out but aren't booked yet. It asks a later clock than {@link readClock}, so it misses none; once, so
 * that the index can be asked for what lies before it.
 */
export function findLapsedHolds(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_lapsed_holds',
    text: `with clock as materialized (select clock_timestamp() as now)
      select h.* from clock cross join unnest($1::bigint[]) a (account_id) cross join lateral (
        select * from holds
        where account_id = a.account_id and expires_at <= clock.now and expires_at > '-infinity'
        order by expires_at
      ) h`,
    values: [arrayOf(keys)],
  };
}

export function findHolds(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_holds',
    text: `select h.* from unnest($1::bigint[], $2::uuid[]) wanted (account_id, id) join holds h using (account_id, id)`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

export function findClosedAuthorizations(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_closed_authorizations',
    text: `select a.* from unnest($1::bigint[], $2::uuid[]) wanted (account_id, id) join authorizations a using (account_id, id)`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

export interface KeyRow {
  account_id: string;
  key: string;
  fingerprint: string;
  status: number;
  body: string;
}

interface KeyPlace {
  readonly scope: AccountKey;
  readonly key: string;
}

export function findKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'find_keys',
    text: `select k.account_id, k.key, k.fingerprint, k.status, k.body
      from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key) join idempotency_keys k using (account_id, key)
      union all
      select k.account_id, k.key, k.fingerprint, k.status, k.body
      from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key) join idempotency_keys_kept k using (account_id, key)`,
    values: placesOf(keys),
  };
}

/** Fails the transaction where any of these keys is known. */
export function guardKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'guard_keys',
    text: `select refuse_stale() from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key)
      where exists (select from idempotency_keys k where k.account_id = wanted.account_id and k.key = wanted.key)
        or exists (select from idempotency_keys_kept k where k.account_id = wanted.account_id and k.key = wanted.key)`,
    values: placesOf(keys),
  };
}

function placesOf(keys: readonly KeyPlace[]): string[] {
  return [arrayOf(keys.map(({ scope }) => scope)), arrayOf(keys.map(({ key }) => key))];
}

export interface AccountsGuard {
  /** In order, each once. */
  readonly keys: readonly AccountKey[];
  /** The clocks at which the accounts were decided on. */
  readonly stamps: readonly string[];
  /** When they were decided on, and until when time alone changes none of them; milliseconds since 1970. */
  readonly now: number;
  readonly holdsUntil: number;
}

/** For how long after the decision a batch that was decided ahead may be written. */
export const AHEAD_MS_MAX = 250;

/**
 * Locks accounts in the order of their keys, and fails the transaction where one isn't any more what was decided on: its
 * clock has moved, or time has. It answers with the database's clock.
 */
export function guardAccounts({ keys, stamps, now, holdsUntil }: AccountsGuard): Statement {
  const latest = Math.min(now + AHEAD_MS_MAX, holdsUntil);
  return {
    name: 'guard_accounts',
    text: `with locked as materialized (
        select from unnest($1::bigint[], $2::bigint[]) known (account_id, id_clock) join accounts a using (account_id)
        where a.id_clock = known.id_clock order by account_id for no key update of a
      ), clock as materialized (select count(*) as accounts, clock_timestamp() as now from locked)
      select now, case when accounts <> $3::int or now < $4::timestamptz or now >= $5::timestamptz then refuse_stale() end
      from clock`,
    values: [arrayOf(keys), arrayOf(stamps), keys.length, new Date(now).toISOString(), new Date(latest).toISOString()],
  };
}
