import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { slotsOf, underWay } from './claim-delivery.ts';
import { idFromRow, type RefRow } from './delivery-ref.ts';

/** A delivery that is due for longer has lost its job, or was turned away. */
const OVERDUE_MS = 250;
/** The end of an attempt wakes as many as there are free slots, so a few are enough to get an endpoint going. */
const OF_ENDPOINT_MAX = 2;
const LOOKED_AT = 64;

/**
 * Deliveries that are overdue although their endpoint has free slots: what a worker that died had in progress or was to wake,
 * what waits for an endpoint that was enabled again, and what was turned away. A few of each endpoint, at random, so that none
 * hides another.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function overdueDeliveries(pool: Pool, limit: number): Promise<string[]> {
  return attemptRead(async () => {
    const slots = [slotsOf({ failing: false }), slotsOf({ failing: true })];
    const { rows } = await queryable(pool).query<RefRow>(OVERDUE, [limit, ...slots]);
    return rows.map(idFromRow);
  });
}

// The endpoints with pending deliveries are found by one probe of the index each, however many deliveries they have.
const OVERDUE = `
  with recursive pending (endpoint_id) as (
    (select endpoint_id from webhook_deliveries where status = 'pending' order by endpoint_id limit 1)
    union all
    select (
      select d.endpoint_id from webhook_deliveries d where d.status = 'pending' and d.endpoint_id > p.endpoint_id
      order by d.endpoint_id limit 1
    ) from pending p where p.endpoint_id is not null
  )
  select d.event_id, d.endpoint_id
  from pending p join webhook_endpoints w on w.id = p.endpoint_id and w.enabled
  cross join lateral (
    select event_id, endpoint_id from (
      select event_id, endpoint_id from webhook_deliveries
      where endpoint_id = w.id and status = 'pending' and next_attempt_at <= now() - interval '${OVERDUE_MS} ms'
      order by next_attempt_at limit ${LOOKED_AT}
    ) longest
    order by random() limit least(${OF_ENDPOINT_MAX}, greatest(0,
      case when w.failing_since is null then $2::integer else $3 end - ${underWay('w.id')}
    ))
  ) d
  order by random() limit $1`;
