import type { AccountKey } from '#ledger';
import { isoTime } from '../iso-time.ts';
import { arrayOf, UNLESS_REFUSED, type Statement } from '../statement.ts';

/** Adds to what was declined in the minute of a decision. @param realNow milliseconds since 1970 */
export function countDeclines(declines: readonly (readonly [AccountKey, number])[], realNow: number): Statement {
  return {
    name: 'count_declines',
    text: `insert into declines as d (account_id, minute, requests)
      select v.account_id, date_trunc('minute', $3::timestamptz), v.requests
      from unnest($1::bigint[], $2::integer[]) v (account_id, requests)
      where ${UNLESS_REFUSED}
      on conflict (account_id, minute) do update set requests = d.requests + excluded.requests`,
    values: [
      arrayOf(declines.map(([key]) => key)),
      arrayOf(declines.map(([, requests]) => requests)),
      isoTime(realNow),
    ],
  };
}
