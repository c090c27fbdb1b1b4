import type { Pool } from '#database';
import { transact } from '#ledger-store';
import { idFromRow, type RefRow } from './delivery-ref.ts';
import { MATCHES } from './matching.ts';

/**
 * Queues events for the endpoints that receive them: takes those that nobody has taken, the oldest first, and writes a
 * delivery for each endpoint, in one transaction. Any number of processes may do it at once, and be killed at any time: an
 * event is taken by one of them, or still there for the next.
 *
 * @param limit how many events to take at most; ask again while there are that many
 * @returns the ids of the deliveries that wait to be attempted now; tests and repetitions that were asked for are among them
 * @throws {LedgerUnavailable} where the database isn't there, or the outcome is unknown
 */
export function relayEvents(pool: Pool, { limit }: { readonly limit: number }): Promise<string[]> {
  return transact(pool, async (database) => {
    const { rows } = await database.query<RefRow>(RELAY, [limit]);
    return rows.map(idFromRow);
  });
}

// What was announced and lost on the way is found by its state, see due-deliveries.
const RELAY = `
  with taken as materialized (
    select account_id, id, environment, type, recorded_at from events where relayed_at is null
    order by recorded_at limit $1 for update skip locked
  ), relayed as (
    update events e set relayed_at = clock_timestamp() from taken t where e.account_id = t.account_id and e.id = t.id
  ), queued as (
    insert into webhook_deliveries (account_id, event_id, endpoint_id, announced)
    select e.account_id, e.id, w.id, true from taken e join webhook_endpoints w on ${MATCHES} and w.created_at <= e.recorded_at
    order by e.recorded_at, w.id
    on conflict do nothing
    returning event_id, endpoint_id
  ), asked_for as (
    update webhook_deliveries d set announced = true
    from (
      select account_id, event_id, endpoint_id from webhook_deliveries where not announced
      order by created_at limit $1 for update skip locked
    ) a
    where (d.account_id, d.event_id, d.endpoint_id) = (a.account_id, a.event_id, a.endpoint_id)
    returning d.event_id, d.endpoint_id
  )
  select event_id, endpoint_id from asked_for union all select event_id, endpoint_id from queued`;
