import type { Pool } from '#database';
import { queryable, attemptRead } from '#ledger-store';
import { idFromRow, type RefRow } from './delivery-ref.ts';
import { ENDPOINT_SLOTS } from '../sending/send-slots.ts';

/**
 * What is due by its state, whatever became of its jobs: a few deliveries of each endpoint, so that one with many doesn't
 * hide the others. Each that is attempted brings along the next one of its endpoint.
 *
 * @throws {LedgerUnavailable} where the database isn't there
 */
export function dueDeliveries(pool: Pool, limit: number): Promise<string[]> {
  return attemptRead(async () => {
    const { rows } = await queryable(pool).query<RefRow>(
      `select d.event_id, d.endpoint_id from webhook_endpoints w cross join lateral (
        select event_id, endpoint_id, next_attempt_at from webhook_deliveries
        where endpoint_id = w.id and status = 'pending' and next_attempt_at <= now()
        order by next_attempt_at limit $2
      ) d where w.enabled order by d.next_attempt_at limit $1`,
      [limit, ENDPOINT_SLOTS],
    );
    return rows.map(idFromRow);
  });
}
