import { HoldExpiries } from '#ledger';

/** Of an account's open holds, those that expire first, as they are read: `[["<authorization>", <milliseconds since 1970>], …]`. */
export type FirstHolds = readonly (readonly [id: string, at: number])[];

/** How many are read. When so many have been closed since, a decline needs them read again to say when to retry. */
const FIRST_HOLDS_MAX = 500;

/** `holds_expiring` is the index that is meant: its condition is always true. */
export const everExpires = `expires_at > '-infinity'`;

/** A scalar subquery: the first holds of account `a` that expire after an instant. */
export function firstHolds(now: string): string {
  return `(
      select json_agg(json_build_array(id, (extract(epoch from expires_at) * 1000)::bigint)) from (
        select id, expires_at from holds where account_id = a.account_id and expires_at > ${now} and ${everExpires}
        order by expires_at limit ${String(FIRST_HOLDS_MAX)}
      ) first
    )`;
}

/** A scalar subquery: how many holds account `a` has open that expire after an instant, counted up to a limit. */
export function openHolds(now: string, limit: string): string {
  return `(
      select count(*)::integer from (
        select from holds where account_id = a.account_id and expires_at > ${now} and ${everExpires} limit ${limit}
      ) open
    )`;
}

export function expiriesFromRow(first: FirstHolds | null): HoldExpiries {
  if (first === null) return HoldExpiries.none();
  const horizon = first.length < FIRST_HOLDS_MAX ? Number.POSITIVE_INFINITY : (first.at(-1)?.[1] ?? 0);
  return HoldExpiries.of(
    first.map(([id, at]) => ({ id, at })),
    horizon,
  );
}
