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

/** The same, but only of accounts that haven't the version at which the caller has their grants. */
export function findChangedGrants(keys: readonly AccountKey[], versions: readonly (string | null)[]): Statement {
  return {
    name: 'find_changed_grants',
    text: `select g.* from unnest($1::bigint[], $2::bigint[]) known (account_id, version),
        lateral (select id_clock from accounts where account_id = known.account_id limit 1) a,
        lateral (select * from grants where account_id = known.account_id and open offset 0) g
      where a.id_clock is distinct from known.version`,
    values: [arrayOf(keys), arrayOf(versions)],
  };
}

/** What accounts count, in windows that are under way or have something reserved; not those by value, of which there may be millions. */
export function findOpenCounters(keys: readonly AccountKey[]): Statement {
  return {
    name: 'find_open_counters',
    text: 'select * from counters where account_id = any($1::bigint[]) and open and value is null',
    values: [arrayOf(keys)],
  };
}

/**
 * The closed windows in which these authorizations were made: what they use late is counted there. Those that close last a month
 * at most, so a few weeks of the index are searched, however many windows an account has had.
 */
export function findClosedCounters(keys: readonly AccountKey[], ids: readonly string[]): Statement {
  return {
    name: 'find_closed_counters',
    text: `with wanted as materialized (
        select * from unnest($1::bigint[], $2::uuid[]) w (account_id, id)
        where (select true from counters where account_id = w.account_id and not open and value is null limit 1)
      )
      select distinct found.* from wanted,
        lateral (
          select created_at from holds where account_id = wanted.account_id and id = wanted.id
          union all
          select created_at from authorizations where account_id = wanted.account_id and id = wanted.id
        ) made,
        lateral (
          select * from counters where account_id = wanted.account_id and not open and value is null
            and window_start between made.created_at - interval '32 days' and made.created_at
            and window_end > made.created_at
          offset 0
        ) found`,
    values: [arrayOf(keys), arrayOf(ids)],
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
