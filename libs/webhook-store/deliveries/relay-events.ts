import type { Pool } from '#database';
import { transact, type Queryable } from '#ledger-store';
import { idFromRow, type RefRow } from './delivery-ref.ts';
import { MATCHES } from './matching.ts';

/**
 * Queues events for the endpoints that receive them, and gives them their positions: takes those that nobody has taken, the
 * oldest first, and writes a delivery for each endpoint, in one transaction. Any number of processes may do it at once, and
 * be killed at any time: one of them relays while the others find nothing to do, and what it didn't finish is there for the
 * next.
 *
 * Positions are given under a lock that is kept until the commit, so they become visible in their order: whoever has seen a
 * position never misses a smaller one. Neither ids nor times could promise that, because the decisions of different accounts
 * are committed in any order.
 *
 * @param limit how many events to take at most; ask again while there are that many
 * @returns the ids of the deliveries that wait to be attempted now; tests and repetitions that were asked for are among them
 * @throws {LedgerUnavailable} where the database isn't there, or the outcome is unknown
 */
export function relayEvents(pool: Pool, { limit }: { readonly limit: number }): Promise<string[]> {
  return transact(pool, async (database) => {
    if (!(await takeTurn(database))) return [];
    const { rows } = await database.query<RefRow>(RELAY, [limit]);
    return rows.map(idFromRow);
  });
}

/** A process that stops in the middle of its turn must not keep the others from relaying. */
const TURN_MS_MAX = 5_000;

/** @returns false where another process relays just now */
async function takeTurn(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ readonly taken: boolean }>(
    `select set_config('idle_in_transaction_session_timeout', $1, true), pg_try_advisory_xact_lock(hashtextextended('relay', 0)) as taken`,
    [String(TURN_MS_MAX)],
  );
  return rows[0]?.taken === true;
}

// What was announced and lost on the way is found by its state, see due-deliveries.
const RELAY = `
  with taken as materialized (
    select account_id, id, environment, type, recorded_at from events where relayed_at is null
    order by recorded_at, id limit $1 for update skip locked
  ), numbered as (
    select account_id, id, (select last_position from event_feed) + row_number() over (order by id) as position from taken
  ), relayed as (
    update events e set relayed_at = clock_timestamp(), position = n.position
    from numbered n where e.account_id = n.account_id and e.id = n.id
  ), counted as (
    update event_feed set last_position = last_position + (select count(*) from taken) where exists (select from taken)
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
