import type { AccountKey } from '#ledger';
import { arrayOf, type Statement } from '../statement.ts';

/**
 * What a batch reads. All but the lock run after it, each on a snapshot of its own: in READ COMMITTED a statement that
 * waits for a lock still sees the other tables as they were before the wait.
 *
 * Rows are looked up in LATERAL subqueries that the planner can't turn around. As joins they were planned, while a table
 * was known to be empty, as one scan of it for all that is wanted, and kept that plan when it had a hundred thousand rows.
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
    text: `select g.* from unnest($1::bigint[], $2::bigint[]) known (account_id, id_clock),
        lateral (select id_clock from accounts where account_id = known.account_id limit 1) a,
        lateral (select * from grants where account_id = known.account_id and open offset 0) g
      where a.id_clock is distinct from known.id_clock`,
    values: [arrayOf(keys), arrayOf(stamps)],
  };
}

export function findGrants(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return { name: 'find_grants', text: lookUp('grants'), values: [arrayOf(keys), arrayOf(ids)] };
}

/** Rows of a table by account and id. */
function lookUp(table: 'grants' | 'holds' | 'authorizations'): string {
  return `select found.* from unnest($1::bigint[], $2::uuid[]) wanted (account_id, id), ${byId(table, 'found')}`;
}

function byId(table: 'grants' | 'holds' | 'authorizations', alias: string): string {
  return `lateral (select * from ${table} where account_id = wanted.account_id and id = wanted.id limit 1) ${alias}`;
}

/** The grants a refund may credit: those the authorizations drew on, and those that have repaid debt. */
export function findRefundableGrants(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_refundable_grants',
    text: `with wanted as (select * from unnest($1::bigint[], $2::uuid[]) w (account_id, id)),
      drawn as (
        select wanted.account_id, (draw ->> 0)::uuid as id
        from wanted, ${byId('authorizations', 'a')}, jsonb_array_elements(a.draws) draw
        union
        select wanted.account_id, (draw ->> 0)::uuid
        from wanted, ${byId('holds', 'h')}, jsonb_array_elements(h.draws) draw
        union
        select p.account_id, p.id from wanted,
          lateral (select account_id, id from grants where account_id = wanted.account_id and repaid > 0 offset 0) p
      )
      select found.* from drawn wanted, ${byId('grants', 'found')}`,
    values: [arrayOf(keys), arrayOf(ids)],
  };
}

export function findHolds(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return { name: 'find_holds', text: lookUp('holds'), values: [arrayOf(keys), arrayOf(ids)] };
}

export function findClosedAuthorizations(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return { name: 'find_closed_authorizations', text: lookUp('authorizations'), values: [arrayOf(keys), arrayOf(ids)] };
}

/** So long after its beginning, nobody counts for a minute any more, however long a statement may take. */
export const MINUTE_OVER = `interval '75 seconds'`;

/** What was declined in minutes that are over. */
export function findDeclined(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_declined',
    text: `select account_id, minute, requests from declines
      where account_id = any($1::bigint[]) and minute <= clock_timestamp() - ${MINUTE_OVER} order by minute`,
    values: [arrayOf(keys)],
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

/**
 * The weeks to come have partitions already, and to look into each cost as much again as the look-up itself. No key is
 * from the day after tomorrow, unless a clock was set back so far.
 */
const KNOWN_KEYS = [
  `select * from idempotency_keys
    where account_id = wanted.account_id and key = wanted.key and created_at < now() + interval '1 day'`,
  'select * from idempotency_keys_kept where account_id = wanted.account_id and key = wanted.key',
] as const;

export function findKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'find_keys',
    text: `select k.account_id, k.key, k.fingerprint, k.status, k.body
      from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key),
        lateral (${KNOWN_KEYS.join(' union all ')} limit 1) k`,
    values: placesOf(keys),
  };
}

/** The SQLSTATEs with which guards refuse a batch that was decided ahead; migration 0004 raises them. */
export const MOVED_ON = 'PU001';
export const ANSWERED_BEFORE = 'PU002';

/** Fails the transaction where any of these keys is known. */
export function guardKeys(keys: readonly KeyPlace[]): Statement {
  return {
    name: 'guard_keys',
    text: `select refuse_batch('${ANSWERED_BEFORE}') from unnest($1::bigint[], $2::uuid[]) wanted (account_id, key)
      where exists (${KNOWN_KEYS.join(' union all ')})`,
    values: placesOf(keys),
  };
}

function placesOf(keys: readonly KeyPlace[]): string[] {
  return [arrayOf(keys.map(({ scope }) => scope)), arrayOf(keys.map(({ key }) => key))];
}

export interface AccountsGuard {
  /** Each once, in the order of numbers: they are locked in this order. */
  readonly keys: readonly AccountKey[];
  /** The clocks at which the accounts were decided on. */
  readonly stamps: readonly string[];
  /** When they were decided on, and until when time alone changes none of them; milliseconds since 1970. */
  readonly now: number;
  readonly holdsUntil: number;
}

/** For how long after the decision a batch that was decided ahead may be written. */
const AHEAD_MS_MAX = 250;

/**
 * Locks accounts in the order of their keys, and fails the transaction where one isn't any more what was decided on: its
 * clock has moved, or time has. It answers with the database's clock.
 */
export function guardAccounts({ keys, stamps, now, holdsUntil }: AccountsGuard): Statement {
  const latest = Math.min(now + AHEAD_MS_MAX, holdsUntil);
  return {
    name: 'guard_accounts',
    text: `with locked as materialized (
        select from unnest($1::bigint[], $2::bigint[]) known (account_id, id_clock), lateral (
          select from accounts where account_id = known.account_id and id_clock = known.id_clock limit 1 for no key update
        ) account
      ), clock as materialized (select count(*) as accounts, clock_timestamp() as now from locked)
      select now, case when accounts <> $3::int or now < $4::timestamptz or now >= $5::timestamptz then refuse_batch('${MOVED_ON}') end
      from clock`,
    values: [arrayOf(keys), arrayOf(stamps), keys.length, new Date(now).toISOString(), new Date(latest).toISOString()],
  };
}
