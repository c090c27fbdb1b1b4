import type { AccountKey, AccountRef } from '#ledger';
import { MINUTE_OVER } from '../load/statements.ts';
import type { Statement } from '../statement.ts';

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

/**
 * The accounts to which time has done something that isn't booked yet: holds that have lapsed, grants that have come into
 * effect or have expired, notices that are due. Whatever is booked isn't found again. What is due by real time is due by every
 * test clock, for none is behind; then come the accounts whose clock is ahead.
 *
 * @param expiryNotices how long before its expiry the notices of a grant are due, in milliseconds, longest first
 * @param page the accounts behind this one, in the order of keys: one that can't be swept hides no other
 */
export function findDueAccounts(
  expiryNotices: readonly number[],
  { after, limit }: { readonly after: AccountKey; readonly limit: number },
): Statement {
  return {
    name: 'find_due_accounts',
    text: `with clock as materialized (select clock_timestamp() as now),
      due as (${due('', 'clock.now')}
        union all
        select d.account_id, false from clock, declines d where minute <= clock.now - ${MINUTE_OVER}
        union all
        select a.account_id, ahead.by_traffic from clock, test_clocks c
          join accounts a on a.environment = c.environment and a.test_clock = c.number
          cross join lateral (${due('account_id = a.account_id and', "clock.now + c.ahead_ms * interval '1 millisecond'")} limit 1) ahead
        where c.ahead_ms > 0
      ),
      undone as (select account_id, bool_and(by_traffic) as by_traffic from due where account_id > $3 group by account_id)
      select a.account_id, a.environment, a.external_id from clock, undone join accounts a using (account_id)
      where not by_traffic or ${writtenAt('a')} <= clock.now - ${LEFT_TO_TRAFFIC}
      order by account_id limit $2`,
    values: [expiryNotices, limit, after],
  };
}

/** Names the index of holds that is meant. Without it each sweep read all open holds: 41 ms of 200 000, and not 2. */
const ALWAYS = `expires_at > '-infinity'`;

/**
 * However many notices a grant has had: this limits nothing, and lets every Postgres find what has expired by the index that
 * begins with this column. Those before 18 would read all of it.
 */
const NOTICES_GIVEN = `expiry_notices in (${Array.from({ length: EXPIRY_NOTICES_MAX + 1 }, (_, count) => count).join(', ')})`;

function due(ofAccount: string, now: string): string {
  return `
    select h.account_id, true as by_traffic from clock, holds h where ${ofAccount} expires_at <= ${now} and ${ALWAYS}
    union all
    select g.account_id, true from clock, grants g where ${ofAccount} open and not entered and effective_at <= ${now}
    union all
    select g.account_id, true from clock, grants g
      where ${ofAccount} open and not expired and voided_at is null and ${NOTICES_GIVEN} and expires_at <= ${now}
    union all
    select g.account_id, false from clock, unnest($1::bigint[]) with ordinality notice (ms, number), grants g
      where ${ofAccount} open and not expired and voided_at is null and expiry_notices = notice.number - 1
        and expires_at <= ${now} + notice.ms * interval '1 millisecond'`;
}
