/** The environment that filled accounts belong to. */
export const ENVIRONMENT = 'live';

/** The caller's own id of the n-th filled account. */
export function accountId(ordinal: number): string {
  return `grow-${ordinal}`;
}

/**
 * A query over the filled accounts from one ordinal to another, both included: `ordinal`, `external_id`, `account_id` and
 * `tail`, the part of an id that is the same for everything the account owns. The keys are those that the service
 * derives from environment and id.
 */
export function accountSource(first: number, last: number): string {
  return `
    select ordinal, external_id, account_id, to_hex(account_id | '-9223372036854775808'::bigint) as tail
    from (
      select ordinal, external_id,
        ('x' || encode(substring(sha256('${ENVIRONMENT}'::bytea || '\\x00'::bytea || external_id::bytea) for 8), 'hex'))
          ::bit(64)::bigint & 4611686018427387903 as account_id
      from (select n as ordinal, 'grow-' || n as external_id from generate_series(${first}, ${last}) n) named
    ) keyed`;
}

/** The id that an account's clock makes at a millisecond and a count, both given in SQL. */
export function idAt(millisecond: string, count: number, tail = 'tail'): string {
  const digits = count.toString(16).padStart(3, '0');
  return `(lpad(to_hex(${millisecond}), 12, '0') || '7${digits}' || ${tail})::uuid`;
}

/** The instant of a millisecond given in SQL. */
export function instantOf(millisecond: string): string {
  return `to_timestamp((${millisecond}) / 1000.0)`;
}
