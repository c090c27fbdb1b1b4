import type { JsonObject } from '#amounts';
import type { AccountKey } from '#ledger';
import { aheadMsOf } from '../load/test-clock-statements.ts';
import type { Statement } from '../statement.ts';

/**
 * What rules look for, asked of the journal itself: ranges of its keys, of an account and some hours, as ids rise with real time. A table
 * of sums by the hour can take its place: it has to answer {@link findSpending} and nothing else changes.
 */

/** So many requests of an account are read for a sum at most. Beyond them, a sum says only that it is as much or more. */
export const REQUESTS_MAX = 50_000;
/** So many of the latest requests of an environment are looked through for the accounts that are active. */
const LATEST_MAX = 20_000;
/** An account that was written so lately is looked at. */
const LATELY = `interval '2 minutes'`;

export interface WatchedRow {
  account_id: AccountKey;
  environment: string;
  external_id: string;
  rules: JsonObject;
  /** Of its environment. */
  default_rules: JsonObject;
  restraints: readonly JsonObject[];
  created_at: Date;
  ahead_ms: string;
  /** Real time. */
  now: Date;
}

/**
 * Accounts that were written lately and may have rules to be looked at: those with rules of their own or restraints, and where an
 * environment has such rules, those that the latest of its closed requests are of. It costs as many rows of an index as there are
 * of these requests, and a look-up for each account.
 */
export function findWatched({ after, limit }: { readonly after: AccountKey; readonly limit: number }): Statement {
  return {
    name: 'find_watched_accounts',
    text: `with clock as materialized (select clock_timestamp() as now),
      candidates as (
        select account_id from watched_accounts where account_id > $1
        union
        select latest.account_id
        from clock, environments e, lateral (
          select account_id from authorizations
          where environment = e.name and environment > '' and id >= uuid_at(clock.now - ${LATELY})
          order by id desc limit ${String(LATEST_MAX)}
        ) latest
        where (e.rules ? 'spike' or e.rules ? 'loop') and latest.account_id > $1
      )
      select a.account_id, a.environment, a.external_id, a.rules, e.rules as default_rules, a.restraints, a.created_at,
        ${aheadMsOf('a.environment', 'a.test_clock')} as ahead_ms, clock.now
      from clock, candidates c
        join accounts a using (account_id)
        join environments e on e.name = a.environment
      where a.status <> 'closed'
        and (a.restraints <> '[]' or to_timestamp((a.id_clock >> 12) / 1000.0) > clock.now - ${LATELY})
      order by a.account_id limit $2`,
    values: [after, limit],
  };
}

/** Some time of an account, by its clock, in milliseconds since 1970. */
export interface Span {
  readonly account: AccountKey;
  readonly aheadMs: number;
  readonly from: number;
  readonly to: number;
}

export interface SpendingRow {
  /** The value of the tag; `null` where it was asked for the whole account. */
  value: string | null;
  spent: string;
  /** How many requests it is the sum of. */
  requests: number;
}

/**
 * What was charged in a span less refunds, by the values of a tag, where that is so much or more. It reads the requests of the account in
 * that time.
 *
 * @param tag `null`: of the whole account
 * @param values only of these; `null`: of all
 */
export function findSpending(
  span: Span,
  {
    tag,
    atLeast,
    values,
  }: { readonly tag: string | null; readonly atLeast: string; readonly values: readonly (string | null)[] | null },
): Statement {
  return {
    name: 'find_spending',
    text: `select ${VALUE} as value, sum(committed - refunded) as spent, count(*)::integer as requests
      from (
        select tags, committed, refunded from (
          select tags, created_at, committed, refunded from authorizations where ${IN_SPAN}
          union all
          select tags, created_at, committed, 0 from holds where ${IN_SPAN}
        ) made where ${MADE_IN_SPAN} limit ${String(REQUESTS_MAX)}
      ) counted
      where $5::text is null or $7::text[] is null or ${VALUE} = any($7::text[])
      group by 1 having sum(committed - refunded) >= $6::numeric`,
    values: [...parametersOf(span), tag, atLeast, tag === null ? null : values],
  };
}

export interface RepeatedRow {
  value: string | null;
  requests: number;
}

/** How often the most frequent request came in a span, by the values of a tag, where it came so often or more. */
export function findRepeated(
  span: Span,
  { tag, atLeast }: { readonly tag: string | null; readonly atLeast: number },
): Statement {
  return {
    name: 'find_repeated_requests',
    text: `select value, max(requests)::integer as requests
      from (
        select ${VALUE} as value, count(*) as requests
        from (
          select tags, asked from (
            select tags, created_at, ${ASKED} as asked from authorizations where ${IN_SPAN}
            union all
            select tags, created_at, ${ASKED} as asked from holds where ${IN_SPAN}
          ) made where ${MADE_IN_SPAN} limit ${String(REQUESTS_MAX)}
        ) counted
        group by 1, asked having count(*) >= $6
      ) repeated group by value`,
    values: [...parametersOf(span), tag, atLeast],
  };
}

/** What is asked for: usage, whatever it may cost by then, or an amount. */
const ASKED = `case when usage = '[]' then amount::text else usage::text end`;

const VALUE = `case when $5::text is not null then coalesce(tags ->> $5::text, '(none)') end`;

/** Ids rise with real time, and no account's clock is behind it. */
const IN_SPAN = `account_id = $1 and id >= uuid_at($2::timestamptz - $4::bigint * interval '1 millisecond') and id < uuid_at($3::timestamptz)`;
const MADE_IN_SPAN = `created_at >= $2::timestamptz and created_at < $3::timestamptz`;

function parametersOf({ account, from, to, aheadMs }: Span): unknown[] {
  return [account, new Date(from).toISOString(), new Date(to).toISOString(), aheadMs];
}
