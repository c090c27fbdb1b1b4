import type { AccountKey, AccountRef } from '#ledger';
import { MINUTE_OVER } from '../load/statements.ts';
import type { Statement } from '../statement.ts';
import type { AdvancedClock } from './quiet-clocks.ts';

/** How many notices of its expiry a grant can have at most. */
export const EXPIRY_NOTICES_MAX = 10;

/**
 * An account that was written so lately is left to its own traffic: the next decision about it books what is due. A sweep would
 * only conflict with it. Notices and declines aren't booked by decisions, so they are due all the same.
 */
const LEFT_TO_TRAFFIC = `interval '2 seconds'`;

/** When an account was last written: a version is a millisecond and a count of 12 bits, see {@link IdGenerator}. */
function writtenAt(account: string): string {
  return `to_timestamp((${account}.id_clock >> 12) / 1000.0)`;
}

interface DueRow {
  account_id: string;
  environment: string;
  external_id: string;
}

export function refFromRow({ account_id: key, environment, external_id: id }: DueRow): AccountRef {
  return { environment, id, key };
}

/** The test clocks that are ahead, each with what tells whether one of its accounts was written, and the database's clock. */
export const FIND_ADVANCED_CLOCKS: Statement = {
  name: 'find_advanced_clocks',
  text: `select clock_timestamp() as now, c.environment, c.number, c.ahead_ms, accounts.state
    from (select) one left join test_clocks c on c.ahead_ms > 0 left join lateral (
      select count(*) || '/' || coalesce(sum(id_clock), 0) as state from accounts a
      where a.environment = c.environment and a.test_clock = c.number
    ) accounts on true`,
  values: [],
};

/** One row for each clock, or one without a clock where none is ahead. */
export interface AdvancedClockRow {
  now: Date;
  environment: string | null;
  number: number;
  ahead_ms: string;
  state: string;
}

export interface DueOptions {
  /** How long before its expiry the notices of a grant are due, in milliseconds, longest first. */
  readonly expiryNotices: readonly number[];
  /** By the database's clock. */
  readonly now: Date;
  /** The test clocks whose accounts are looked at too. */
  readonly clocks: readonly AdvancedClock[];
}

/**
 * The accounts to which time has done something that isn't booked yet: holds that have lapsed, grants that have come into
 * effect or have expired, periods of commitments that have ended, refills that are due, notices that are due. Whatever is booked isn't found again.
 * What is due by real time is due by every test clock, for none is behind; then come the accounts of `clocks`.
 *
 * The times are parameters, because Postgres plans for them: by the index of what is due, of which there is next to nothing.
 *
 * @param page the accounts behind this one, in the order of keys: one that can't be swept hides no other
 */
export function findDueAccounts(
  { expiryNotices, now, clocks }: DueOptions,
  { after, limit }: { readonly after: AccountKey; readonly limit: number },
): Statement {
  const real = '$3::timestamptz';
  const notices = expiryNotices.length;
  return {
    name: `find_due_accounts_${String(notices)}`,
    text: `with due as (${due('', real, notices)}
        union all
        select d.account_id, false from declines d where minute <= ${real} - ${MINUTE_OVER}
        union all
        select a.account_id, ahead.by_traffic
        from unnest($4::text[], $5::integer[], $6::bigint[]) c (environment, number, ahead_ms)
          join accounts a on a.environment = c.environment and a.test_clock = c.number
          cross join lateral (${due('account_id = a.account_id and', AHEAD, notices)} limit 1) ahead
      ),
      undone as (select account_id, bool_and(by_traffic) as by_traffic from due where account_id > $2 group by account_id)
      select a.account_id, a.environment, a.external_id from undone join accounts a using (account_id)
      where not by_traffic or ${writtenAt('a')} <= ${real} - ${LEFT_TO_TRAFFIC}
      order by account_id limit $1`,
    // Postgres takes no value that the statement doesn't use, so without notices there is none for them.
    values: [limit, after, now, ...columnsOf(clocks), ...(notices > 0 ? [expiryNotices] : [])],
  };
}

/** When, by real time, time alone does something next to an account of each of these clocks; none where it never does. */
export function findNextDue({ expiryNotices, clocks }: Omit<DueOptions, 'now'>): Statement {
  return {
    name: 'find_next_due',
    text: `select c.environment, c.number, min(least(held.until, granted.until, committed.until, refilled.until)) - c.ahead_ms * interval '1 millisecond' as until
      from unnest($2::text[], $3::integer[], $4::bigint[]) c (environment, number, ahead_ms)
        join accounts a on a.environment = c.environment and a.test_clock = c.number
        cross join lateral (
          select min(expires_at) as until from holds where account_id = a.account_id and ${ALWAYS}
        ) held
        cross join lateral (
          select least(
            min(effective_at) filter (where not entered),
            min(expires_at) filter (where ${EXPIRES}),
            min(expires_at - ($1::bigint[])[expiry_notices + 1] * interval '1 millisecond') filter (where ${EXPIRES})
          ) as until
          from grants where account_id = a.account_id and open
        ) granted
        cross join lateral (
          select min(period_end) as until from commitment_periods where account_id = a.account_id and not settled
        ) committed
        cross join lateral (
          select min(due_at) as until from account_refills where account_id = a.account_id
        ) refilled
      group by c.environment, c.number, c.ahead_ms`,
    values: [expiryNotices, ...columnsOf(clocks)],
  };
}

export interface NextDueRow {
  environment: string;
  number: number;
  until: Date | null;
}

const AHEAD = `$3::timestamptz + c.ahead_ms * interval '1 millisecond'`;

/** Names the index of holds that is meant. Without it each sweep read all open holds: 41 ms of 200 000, and not 2. */
const ALWAYS = `expires_at > '-infinity'`;

const EXPIRES = 'not expired and voided_at is null and frozen_at is null';

/**
 * However many notices a grant has had: this limits nothing, and lets every Postgres find what has expired by the index that
 * begins with this column. Those before 18 would read all of it.
 */
const NOTICES_GIVEN = `expiry_notices in (${Array.from({ length: EXPIRY_NOTICES_MAX + 1 }, (_, count) => count).join(', ')})`;

function due(ofAccount: string, now: string, notices: number): string {
  const noticesDue = Array.from(
    { length: notices },
    (_, given) => `
    union all
    select account_id, false from grants where ${ofAccount} open and ${EXPIRES} and expiry_notices = ${String(given)}
      and expires_at <= ${now} + ($7::bigint[])[${String(given + 1)}] * interval '1 millisecond'`,
  );
  return `
    select account_id, true as by_traffic from holds where ${ofAccount} expires_at <= ${now} and ${ALWAYS}
    union all
    select account_id, true from grants where ${ofAccount} open and not entered and effective_at <= ${now}
    union all
    select account_id, true from grants where ${ofAccount} open and ${EXPIRES} and ${NOTICES_GIVEN} and expires_at <= ${now}
    union all
    select account_id, true from commitment_periods where ${ofAccount} not settled and period_end <= ${now}
    union all
    select account_id, true from account_refills where ${ofAccount} due_at <= ${now}
    ${noticesDue.join('')}`;
}

function columnsOf(clocks: readonly AdvancedClock[]): unknown[] {
  return [
    clocks.map(({ environment }) => environment),
    clocks.map(({ number }) => number),
    clocks.map(({ aheadMs }) => aheadMs),
  ];
}
