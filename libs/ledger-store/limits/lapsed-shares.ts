import { Amount } from '#amounts';
import type { Queryable } from '../queryable.ts';
import { LISTED_MAX, SHARES_OF_WINDOW, type IdleShare } from './idle-shares.ts';

interface LapsedRow {
  readonly environment: string;
  readonly external_id: string;
  readonly account_id: string;
  readonly lease: string;
  readonly amount: string;
}

/**
 * Shares of which something is reserved by holds that have expired and weren't booked as such yet: it is free, whether anybody has
 * asked their accounts since or not.
 */
export async function readLapsedShares(
  database: Queryable,
  { limit, windowStart }: { readonly limit: string; readonly windowStart: number },
): Promise<readonly IdleShare[]> {
  const { rows } = await database.query<LapsedRow>(
    `select a.environment, a.external_id, s.account_id, s.lease, lapsed.amount
    from (${SHARES_OF_WINDOW}) s
      cross join lateral (select environment, external_id, test_clock from accounts where account_id = s.account_id limit 1) a
      left join test_clocks c on c.environment = a.environment and c.number = a.test_clock
      cross join lateral (
        select sum((part ->> 2)::numeric) as amount from holds h cross join lateral jsonb_array_elements(h.reservations) part
        where h.account_id = s.account_id and h.expires_at > '-infinity'
          and h.expires_at <= clock_timestamp() + coalesce(c.ahead_ms, 0) * interval '1 millisecond'
          and part ->> 0 = $1::text and (part ->> 1)::bigint = $3
      ) lapsed
    where s.reserved > 0 and lapsed.amount > 0 order by lapsed.amount desc, s.account_id limit ${LISTED_MAX}`,
    [limit, new Date(windowStart), windowStart],
  );
  return rows.map(({ environment, external_id: id, account_id: key, lease, amount }) => ({
    account: { environment, id, key },
    lease: Number(lease),
    idle: new Amount(amount),
  }));
}
