import { connect, type Pool } from '#database';
import { accountKey, newOwnedUuid, newUuid, publicId } from '#ledger';
import type { ChangeRequest } from '#ledger-store';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { attemptDelivery, type Attempted, type AttemptOptions } from '../deliveries/attempt-delivery.ts';
import { claimDelivery, type ClaimedDelivery } from '../deliveries/claim-delivery.ts';
import { deliveryId, parseDeliveryId } from '../deliveries/delivery-ref.ts';
import { listDeliveries, type Delivery } from '../deliveries/delivery-rows.ts';
import { relayEvents } from '../deliveries/relay-events.ts';
import { WebhookEndpoints, type MadeEndpoint } from '../endpoints/webhook-endpoints.ts';
import type { EndpointTerms } from '../endpoints/webhook-endpoint.ts';
import { SecretBox } from '../secrets/secret-box.ts';
import { ENDPOINT_SLOTS, SendSlots } from '../sending/send-slots.ts';
import { WebhookSender } from '../sending/webhook-sender.ts';

const CONNECTIONS_MAX = 24;
/** Longer than a spec takes on a busy machine. */
const PATIENT_LEASE_MS = 20_000;

/** A database with endpoints and events, and a sender that reaches loopback. */
export class WebhookFixture {
  readonly secretsKey = randomBytes(32);
  readonly secrets = new SecretBox([this.secretsKey]);
  readonly endpoints: WebhookEndpoints;
  readonly slots = new SendSlots();
  /** More patient than any receiver is slow, on a busy machine too. */
  readonly sender = new WebhookSender({ allowLoopback: true, timeoutMs: 20_000 });

  private constructor(
    private readonly database: TestDatabase,
    readonly pool: Pool,
  ) {
    this.endpoints = new WebhookEndpoints(pool, {
      secrets: this.secrets,
      allowLoopback: true,
      resolve: () => Promise.reject(new Error('specs ask no name servers')),
    });
  }

  static async open(): Promise<WebhookFixture> {
    const database = await createTestDatabase();
    const settings = { role: 'purser_app' };
    return new WebhookFixture(
      database,
      connect(database.url, { connectionsMax: CONNECTIONS_MAX, settings, log: () => undefined }),
    );
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  async close(): Promise<void> {
    await this.pool.end();
    await this.database.drop();
  }

  /** Opens an account, as far as an endpoint looks at it. */
  async account(id: string, environment: string): Promise<void> {
    await this.pool.query(
      `insert into accounts (account_id, environment, external_id, unit, overdraft_limit, overage, time_zone, metadata, status,
        debt, overdraft_held, id_clock, created_at)
      values ($1, $2, $3, 'credits', 0, 'cap', 'UTC', '{}', 'active', 0, 0, 0, now())`,
      [accountKey(environment, id), environment, id],
    );
  }

  /** Makes an endpoint. */
  async endpoint(url: string, terms: Partial<EndpointTerms> = {}, environment = 'live'): Promise<MadeEndpoint> {
    const made: MadeEndpoint[] = [];
    const whole = { url, types: null, account: null, description: null, ...terms };
    const result = await this.endpoints.create(requestIn(environment), whole, (one) => {
      made.push(one);
      return { status: 201, body: '{}' };
    });
    const [endpoint] = made;
    if (!endpoint) throw new Error(`the endpoint was refused: ${JSON.stringify(result)}`);
    return endpoint;
  }

  /** Writes events of an account, as decisions do. @returns their UUIDs */
  async events(count: number, about: Partial<EventTerms> = {}): Promise<string[]> {
    const { type = 'grant.created', account = 'acme', environment = 'live', recordedAt = new Date() } = about;
    const owner = accountKey(environment, account);
    const ids = new Set<string>();
    while (ids.size < count) ids.add(newOwnedUuid(Date.now() + Math.floor(ids.size / 100), owner));
    await this.pool.query(
      `insert into events (account_id, id, environment, type, data, occurred_at, recorded_at)
      select $1, id, $3, $4, jsonb_build_object('account', $5::text), now(), $6 from unnest($2::uuid[]) id`,
      [owner, [...ids], environment, type, account, recordedAt],
    );
    return [...ids];
  }

  async event(about: Partial<EventTerms> = {}): Promise<string> {
    const [id = ''] = await this.events(1, about);
    return id;
  }

  /** Queues one event for one endpoint. @returns the delivery's id */
  async queued(endpoint: MadeEndpoint, about: Partial<EventTerms> = {}): Promise<string> {
    const eventId = await this.event(about);
    await relayEvents(this.pool, { limit: 1000 });
    return deliveryId({ eventId, endpointId: endpoint.endpoint.id });
  }

  relay(limit = 1000): Promise<string[]> {
    return relayEvents(this.pool, { limit });
  }

  attempt(id: string, options: Partial<AttemptOptions> = {}): Promise<Attempted> {
    return attemptDelivery(this.pool, id, {
      sender: this.sender,
      secrets: this.secrets,
      slots: this.slots,
      ...options,
    });
  }

  /** Does what a worker does until nothing is left: attempts what is due, what has waited for it, and what failed, again. */
  async work(ids: readonly string[], options: Partial<AttemptOptions> = {}): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        const { nextAttemptAt, waiting } = await this.attempt(id, options);
        const again = async (): Promise<void> => {
          if (nextAttemptAt === null) return;
          await sleep(Math.max(0, nextAttemptAt - Date.now()));
          await this.work([id], options);
        };
        await Promise.all([this.work(waiting, options), again()]);
      }),
    );
  }

  /** Takes a delivery, as a process does that then dies. @throws Error where it can't be taken now */
  async claimAndDie(id: string): Promise<ClaimedDelivery> {
    const ref = parseDeliveryId(id);
    using slot = new SendSlots().reserve(ref.endpointId);
    if (!slot) throw new Error('every slot was free');
    const claim = await claimDelivery(this.pool, ref, { slot, slotsMax: ENDPOINT_SLOTS, leaseMs: PATIENT_LEASE_MS });
    if (!claim.claimed) throw new Error('the delivery can’t be taken');
    return claim;
  }

  /** Lets the leases of all attempts expire. The column's milliseconds are rounded, up too: a lease would end in a moment. */
  async endLeases(): Promise<void> {
    const now = `date_trunc('milliseconds', clock_timestamp())`;
    await this.pool.query(`update webhook_deliveries set next_attempt_at = ${now} where lease is not null`);
  }

  /** An endpoint's deliveries, the newest event first. */
  async deliveries({ endpoint }: MadeEndpoint): Promise<readonly Delivery[]> {
    return (await listDeliveries(this.pool, endpoint.id, { limit: 10_000, after: null, status: null })).items;
  }

  async delivery(made: MadeEndpoint): Promise<Delivery> {
    const [delivery] = await this.deliveries(made);
    if (!delivery) throw new Error('nothing is queued for the endpoint');
    return delivery;
  }
}

export interface EventTerms {
  readonly type: string;
  readonly account: string;
  readonly environment: string;
  readonly recordedAt: Date;
}

/** A request as the API makes it, by a key of this environment. */
export function requestIn(environment: string): ChangeRequest {
  const keyId = newUuid(Date.now());
  return { environment, actor: { keyId, keyName: 'a key', call: 'a call', requestId: 'a request' }, key: null };
}

/** The public ids of events, sorted. */
export function publicIds(events: readonly string[]): string[] {
  return events.map((id) => publicId('event', id)).sort();
}
