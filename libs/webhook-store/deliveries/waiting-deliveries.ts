import type { Pool } from '#database';
import { attemptRead, queryable } from '#ledger-store';
import { slotsOf, underWay } from './claim-delivery.ts';
import { idFromRow, type RefRow } from './delivery-ref.ts';

const LOOKED_AT = 64;

/**
 * Deliveries of an endpoint that are to be attempted as an attempt has ended: as many as there are slots free now, not just the
 * one, and any of those that have waited longest. Of two attempts that end at the same moment, both could name the same one, and
 * a slot would stay empty. One that was named twice is attempted once. It is read after the attempt was committed: a delivery
 * that found this slot taken before that waits by now, and is seen here.
 *
 * @param limit how many slots this process has for it
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function waitingDeliveries(pool: Pool, endpointId: string, limit: number): Promise<string[]> {
  return attemptRead(async () => {
    const slots = [slotsOf({ failing: false }), slotsOf({ failing: true })];
    const { rows } = await queryable(pool).query<RefRow>(WAITING, [endpointId, ...slots, limit]);
    return rows.map(idFromRow);
  });
}

const WAITING = `
  select event_id, endpoint_id from (
    select event_id, endpoint_id from webhook_deliveries
    where endpoint_id = $1 and status = 'pending' and next_attempt_at <= now() order by next_attempt_at limit ${LOOKED_AT}
  ) longest order by random() limit coalesce((
    select least($4::integer, greatest(0, case when failing_since is null then $2::integer else $3 end - ${underWay('$1')}))
    from webhook_endpoints where id = $1 and enabled
  ), 0)`;
