import { keyOf, type DeliveryRef } from './delivery-ref.ts';
import type { Queryable, Page, PageRequest } from '#ledger-store';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One time a message was sent, as the API shows it. */
export interface AttemptRecord {
  readonly at: string;
  readonly duration_ms: number;
  readonly status_code: number | null;
  readonly error: string | null;
  readonly response: string;
}

/** How far an event has got with an endpoint. Times are milliseconds since 1970. */
export interface Delivery {
  readonly eventId: string;
  readonly endpointId: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly attemptCount: number;
  /** The last ten, the newest first. */
  readonly attempts: readonly AttemptRecord[];
  /** `null` where it is under way, or nothing more is to come. */
  readonly nextAttemptAt: number | null;
  readonly deliveredAt: number | null;
  readonly createdAt: number;
}

/** An endpoint's deliveries, those of the newest events first. `after` is the event of the last one of the page before. */
export async function listDeliveries(
  database: Queryable,
  endpointId: string,
  { status, limit, after }: PageRequest & { readonly status: DeliveryStatus | null },
): Promise<Page<Delivery>> {
  const { rows } = await database.query<DeliveryRow>(
    `${SELECT} where d.endpoint_id = $1 and ($2::text is null or d.status = $2) and ($3::uuid is null or d.event_id < $3)
    order by d.event_id desc limit $4`,
    [endpointId, status, after, limit + 1],
  );
  const items = rows.slice(0, limit).map(deliveryFromRow);
  return { items, next: rows.length > limit ? (items.at(-1)?.eventId ?? null) : null };
}

/** @throws Error where there is none */
export async function readDelivery(database: Queryable, ref: DeliveryRef): Promise<Delivery> {
  const { rows } = await database.query<DeliveryRow>(
    `${SELECT} where d.account_id = $1 and d.event_id = $2 and d.endpoint_id = $3`,
    keyOf(ref),
  );
  const [row] = rows;
  if (!row) throw new Error(`event ${ref.eventId} is not queued for endpoint ${ref.endpointId}`);
  return deliveryFromRow(row);
}

/** How long deliveries are kept, like the events they are of. */
const KEPT = '30 days';
const DELETED_AT_ONCE = 10_000;

/** Deletes what is too old to be kept, a part at a time. @returns how many are gone */
export async function deleteOldDeliveries(database: Queryable): Promise<number> {
  for (let deleted = 0; ;) {
    const { rowCount } = await database.query(
      `delete from webhook_deliveries where (account_id, event_id, endpoint_id) in (
        select account_id, event_id, endpoint_id from webhook_deliveries
        where created_at < now() - interval '${KEPT}' order by created_at limit ${String(DELETED_AT_ONCE)})`,
    );
    deleted += rowCount ?? 0;
    if (rowCount !== DELETED_AT_ONCE) return deleted;
  }
}

const SELECT = `
  select d.event_id, d.endpoint_id, e.type, d.status, d.attempt_count, d.attempts, d.delivered_at, d.created_at,
    case when d.status = 'pending' and (d.lease is null or d.next_attempt_at <= now()) then d.next_attempt_at end
      as next_attempt_at
  from webhook_deliveries d join events e on e.account_id = d.account_id and e.id = d.event_id`;

interface DeliveryRow {
  readonly event_id: string;
  readonly endpoint_id: string;
  readonly type: string;
  readonly status: DeliveryStatus;
  readonly attempt_count: number;
  readonly attempts: AttemptRecord[];
  readonly next_attempt_at: Date | null;
  readonly delivered_at: Date | null;
  readonly created_at: Date;
}

function deliveryFromRow(row: DeliveryRow): Delivery {
  return {
    eventId: row.event_id,
    endpointId: row.endpoint_id,
    type: row.type,
    status: row.status,
    attemptCount: row.attempt_count,
    attempts: row.attempts.toReversed(),
    nextAttemptAt: row.next_attempt_at?.getTime() ?? null,
    deliveredAt: row.delivered_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
  };
}
