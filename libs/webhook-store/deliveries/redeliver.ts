import { accountKeyOf } from '#ledger';
import type { Queryable } from '#ledger-store';
import { MATCHES } from './matching.ts';

/** How many events one request sends again at most. */
const EVENTS_MAX = 10_000;

/** What is sent again begins anew, with all its attempts. What is under way at this moment is left to it. */
const AGAIN = `on conflict (account_id, event_id, endpoint_id) do update
  set status = 'pending', tries = 0, next_attempt_at = date_trunc('milliseconds', now()), announced = false
  where webhook_deliveries.lease is null or webhook_deliveries.next_attempt_at <= now()`;

/** @returns whether the environment has this event */
export async function isEvent(database: Queryable, environment: string, eventId: string): Promise<boolean> {
  const { rowCount } = await database.query(
    'select from events where account_id = $1 and id = $2 and environment = $3',
    [accountKeyOf(eventId), eventId, environment],
  );
  return rowCount === 1;
}

/** Queues an event again for every endpoint that receives it, or for one of them. @returns for how many */
export async function redeliverEvent(database: Queryable, eventId: string, endpointId: string | null): Promise<number> {
  const { rowCount } = await database.query(
    `insert into webhook_deliveries (account_id, event_id, endpoint_id, announced)
    select e.account_id, e.id, w.id, false from events e join webhook_endpoints w on ${MATCHES}
    where e.account_id = $1 and e.id = $2 and ($3::uuid is null or w.id = $3)
    ${AGAIN}`,
    [accountKeyOf(eventId), eventId, endpointId],
  );
  return rowCount ?? 0;
}

export interface RedeliveredSince {
  readonly deliveries: number;
  /** Where to go on, in milliseconds since 1970; `null` where everything is queued. */
  readonly nextSince: number | null;
}

/** Queues for an endpoint every event it receives that was recorded since, the oldest first. */
export async function redeliverSince(
  database: Queryable,
  endpointId: string,
  since: number,
): Promise<RedeliveredSince> {
  const { rows } = await database.query<{ readonly next_since: Date | null; readonly until: Date | null }>(
    `select (array_agg(recorded_at order by recorded_at))[${String(EVENTS_MAX + 1)}] as next_since from (
      select e.recorded_at from webhook_endpoints w join events e on ${MATCHES}
      where w.id = $1 and e.recorded_at >= $2 order by e.recorded_at limit ${String(EVENTS_MAX + 1)}
    ) matching`,
    [endpointId, new Date(since)],
  );
  const nextSince = rows[0]?.next_since ?? null;
  const { rowCount } = await database.query(
    `insert into webhook_deliveries (account_id, event_id, endpoint_id, announced)
    select e.account_id, e.id, w.id, false from webhook_endpoints w join events e on ${MATCHES}
    where w.id = $1 and e.recorded_at >= $2 and ($3::timestamptz is null or e.recorded_at < $3)
    ${AGAIN}`,
    [endpointId, new Date(since), nextSince],
  );
  return { deliveries: rowCount ?? 0, nextSince: nextSince?.getTime() ?? null };
}

/** Queues an event for one endpoint, whatever types that receives. */
export async function queueFor(database: Queryable, eventId: string, endpointId: string): Promise<void> {
  await database.query(
    'insert into webhook_deliveries (account_id, event_id, endpoint_id, announced) values ($1, $2, $3, false)',
    [accountKeyOf(eventId), eventId, endpointId],
  );
}
