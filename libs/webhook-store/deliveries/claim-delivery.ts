import type { Pool } from '#database';
import { transact, type Queryable } from '#ledger-store';
import { randomUUID } from 'node:crypto';
import { ENDPOINT_SLOTS, type SendSlot } from '../sending/send-slots.ts';
import { keyOf, type DeliveryRef } from './delivery-ref.ts';

/** After how long without a renewal another process sends the same message. */
export const LEASE_MS = 4_000;
/** After how long without a renewal a lease takes no slot any more: its process has died, or is late. */
const SLOT_MS = 2_000;

/** While it only fails, so many try whether it is back. */
const UNDER_WAY_MAX_FAILING = 2;

/** How many messages an endpoint gets at once. */
export function slotsOf({ failing }: { readonly failing: boolean }): number {
  return failing ? UNDER_WAY_MAX_FAILING : ENDPOINT_SLOTS;
}

/** How many an endpoint gets just now, in SQL. */
export function underWay(endpoint: '$1' | 'w.id'): string {
  return `(select count(*)::integer from webhook_deliveries u where u.endpoint_id = ${endpoint} and u.lease is not null
    and u.next_attempt_at > now() + interval '${LEASE_MS - SLOT_MS} ms')`;
}

/** A delivery that nobody else attempts until the lease has expired. */
export interface ClaimedDelivery {
  readonly claimed: true;
  readonly ref: DeliveryRef;
  readonly lease: string;
  /** How often it was tried before, since it was queued. */
  readonly tries: number;
  readonly url: string;
  /** Encrypted, the newest first. */
  readonly secrets: readonly Buffer[];
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly occurredAt: number;
  /** JSON. */
  readonly data: string;
}

export interface NotClaimed {
  readonly claimed: false;
  /** Milliseconds until it is due; `null` where nobody needs to come back for it. */
  readonly dueInMs: number | null;
}

const NOT_CLAIMED: NotClaimed = { claimed: false, dueInMs: null };

export interface ClaimTerms {
  readonly slot: SendSlot;
  /** How many messages the endpoint may get at once, where it doesn't only fail. */
  readonly slotsMax: number;
  readonly leaseMs: number;
}

/**
 * Takes a delivery for one attempt. The endpoint's row is locked for it, so that it is certain how many are under way: where
 * they are as many as may be, the delivery waits, and the end of one of their attempts wakes it.
 */
export function claimDelivery(pool: Pool, ref: DeliveryRef, terms: ClaimTerms): Promise<ClaimedDelivery | NotClaimed> {
  return transact(pool, (database) => claim(database, ref, terms));
}

async function claim(database: Queryable, ref: DeliveryRef, terms: ClaimTerms): Promise<ClaimedDelivery | NotClaimed> {
  const { slot, slotsMax, leaseMs } = terms;
  const endpoint = await lockedEndpoint(database, ref.endpointId);
  if (!endpoint) return forget(database, ref);
  if (!endpoint.enabled || !slot.countFor(endpoint.account_id)) return NOT_CLAIMED;
  const lease = randomUUID();
  const slots = Math.min(slotsMax, slotsOf(endpoint));
  const delivery = await claimed(database, ref, { lease, leaseMs, slots });
  if (delivery?.status !== 'pending') return NOT_CLAIMED;
  if (delivery.data === null) return forget(database, ref);
  if (delivery.claimed) {
    const secrets = [endpoint.secret, endpoint.previous_secret].filter((secret) => secret !== null);
    const { tries, type, occurred_at, data } = delivery;
    const { url } = endpoint;
    return { claimed: true, ref, lease, tries, url, secrets, type, occurredAt: occurred_at.getTime(), data };
  }
  // Where it is under way, its sender may be dead: then it is due when the lease has expired.
  return { claimed: false, dueInMs: delivery.due_in_ms > 0 ? delivery.due_in_ms : null };
}

/** The endpoint was deleted, or the event is too old to be kept. */
async function forget(database: Queryable, ref: DeliveryRef): Promise<NotClaimed> {
  await database.query(`delete from webhook_deliveries where ${IS_DELIVERY}`, keyOf(ref));
  return NOT_CLAIMED;
}

export const IS_DELIVERY = 'account_id = $1 and event_id = $2 and endpoint_id = $3';

interface LockedEndpoint {
  readonly url: string;
  readonly account_id: string | null;
  readonly enabled: boolean;
  readonly failing: boolean;
  readonly secret: Buffer;
  readonly previous_secret: Buffer | null;
}

/** A lease that is lost as Postgres crashes costs a second message at worst, so its commit doesn't wait for the disk. */
async function lockedEndpoint(database: Queryable, id: string): Promise<LockedEndpoint | undefined> {
  const { rows } = await database.query<LockedEndpoint>(
    `select set_config('synchronous_commit', 'off', true), url, account_id, enabled, failing_since is not null as failing, secret,
      case when previous_secret_until > now() then previous_secret end as previous_secret
    from webhook_endpoints where id = $1 for no key update`,
    [id],
  );
  return rows[0];
}

type DeliveryState = {
  readonly status: string;
  readonly tries: number;
  readonly due_in_ms: number;
  readonly claimed: boolean;
} & (
  | { readonly type: string; readonly occurred_at: Date; readonly data: string }
  | { readonly type: null; readonly occurred_at: null; readonly data: null }
);

interface Claim {
  readonly lease: string;
  readonly leaseMs: number;
  readonly slots: number;
}

/** Looks at a delivery and takes it if that may be, in a statement that begins under the endpoint's lock. */
async function claimed(database: Queryable, ref: DeliveryRef, claim: Claim): Promise<DeliveryState | undefined> {
  const [account, event, endpoint] = keyOf(ref);
  const { lease, leaseMs, slots } = claim;
  const { rows } = await database.query<DeliveryState>(CLAIM, [endpoint, account, event, lease, leaseMs, slots]);
  return rows[0];
}

// Recording an attempt takes no such lock, so the conditions are checked again on the row that is changed.
const CLAIM = `
  with state as (
    select d.status, d.tries, e.type, e.occurred_at, e.data::text as data,
      ceil(extract(epoch from d.next_attempt_at - now()) * 1000)::float8 as due_in_ms
    from webhook_deliveries d left join events e on e.account_id = d.account_id and e.id = d.event_id
    where d.endpoint_id = $1 and d.account_id = $2 and d.event_id = $3
  ), claimed as (
    update webhook_deliveries set lease = $4, next_attempt_at = clock_timestamp() + $5 * interval '1 ms'
    where endpoint_id = $1 and account_id = $2 and event_id = $3 and status = 'pending' and next_attempt_at <= now()
      and exists (select from state where data is not null) and ${underWay('$1')} < $6
    returning event_id
  )
  select state.*, exists (select from claimed) as claimed from state`;
