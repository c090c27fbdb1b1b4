import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { attemptRead, queryable } from '#ledger-store';

/** An account whose forecast is to be made again. */
export interface DueForecast {
  readonly account_id: AccountKey;
  readonly environment: string;
  readonly external_id: string;
  readonly created_at: Date;
  /** Its version when it was found. */
  readonly stamp: string;
  /** How many days ahead its environment wants to know; `null`: as many as anybody. */
  readonly days_ahead: number | null;
}

/** So many at once. */
const DUE_MAX = 100;

/**
 * Accounts whose forecast was made six hours ago, or a day ago where nothing was written since; and those that have none and have used
 * something in the last two hours. In no order, so that several workers rarely make the same.
 *
 * @param limit `null`: all of them
 * @param environment only its accounts; `null`: all
 */
export async function dueForecasts(
  pool: Pool,
  {
    limit = DUE_MAX,
    environment = null,
  }: { readonly limit?: number | null; readonly environment?: string | null } = {},
): Promise<readonly DueForecast[]> {
  return attemptRead(async () => {
    const { rows } = await queryable(pool).query<DueForecast>(
      `with clock as materialized (select clock_timestamp() as now),
      candidates as (
        select account_id, made_at, stamp from forecasts
        union all
        select distinct account_id, null::timestamptz, null::bigint from usage_slots u, clock
        where slot >= clock.now - interval '2 hours'
          and not exists (select from forecasts f where f.account_id = u.account_id)
      )
      select a.account_id, a.environment, a.external_id, a.created_at, a.id_clock as stamp,
        (e.alert_rules ->> 'run_out_days')::integer as days_ahead
      from clock, candidates c
        join accounts a using (account_id)
        join environments e on e.name = a.environment
        left join test_clocks t on t.environment = a.environment and t.number = a.test_clock
      where a.status <> 'closed' and ($2::text is null or a.environment = $2) and (
        c.made_at is null or c.made_at <= clock.now + coalesce(t.ahead_ms, 0) * interval '1 millisecond'
          - case when c.stamp = a.id_clock then interval '1 day' else interval '6 hours' end
      )
      order by random() limit $1`,
      [limit, environment],
    );
    return rows;
  });
}
