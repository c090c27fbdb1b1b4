import type { Pool } from '#database';
import { accountKey, newOwnedUuid, publicId } from '#ledger';
import { deliverWebhooksChore, relayEventsChore, SecretBox, WebhookSender } from '#webhook-store';
import { expect } from '@jest/globals';
import type { ApiClient } from './api-client.ts';
import { SECRETS_KEY } from './test-service.ts';

/** An endpoint as the API shows it. */
export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly enabled: boolean;
  readonly secret: string;
  readonly [field: string]: unknown;
}

/** Has an endpoint made. */
export async function makeEndpoint(
  admin: ApiClient,
  terms: Readonly<Record<string, unknown>> & { readonly url: string },
): Promise<EndpointView> {
  const { status, body } = await admin.post('/v1/webhook-endpoints', terms);
  expect({ status, body }).toEqual({ status: 201, body: expect.objectContaining({ secret: expect.any(String) }) });
  return body as EndpointView;
}

interface WrittenEvents {
  readonly environment?: string;
  readonly account?: string;
  readonly type?: string;
}

/** Writes an event of an account as a decision does. @returns its public id */
export async function writeEvent(pool: Pool, terms: WrittenEvents = {}): Promise<string> {
  const [id = ''] = await writeEvents(pool, 1, terms);
  return id;
}

/** Writes many at once, each of its own millisecond. @returns their public ids */
export async function writeEvents(
  pool: Pool,
  count: number,
  { environment = 'live', account = 'acme', type = 'grant.created' }: WrittenEvents = {},
): Promise<string[]> {
  const owner = accountKey(environment, account);
  const now = Date.now();
  const ids = Array.from({ length: count }, (_, at) => newOwnedUuid(now - at, owner));
  await pool.query(
    `insert into events (account_id, id, environment, type, data, occurred_at)
    select $1, id, $3, $4, $5, now() from unnest($2::uuid[]) id`,
    [owner, ids, environment, type, { account }],
  );
  return ids.map((id) => publicId('event', id));
}

const sender = new WebhookSender({ allowLoopback: true, timeoutMs: 20_000 });
const secrets = new SecretBox([SECRETS_KEY]);

/** Does a worker's work until nothing is due. */
export async function deliverAll(pool: Pool): Promise<void> {
  const deliverWebhooks = deliverWebhooksChore(pool, { sender, secrets });
  const relay = relayEventsChore(pool, deliverWebhooks);
  // Nobody is woken: what is due is looked up.
  const wake = (): Promise<void> => Promise.resolve();
  for (;;) {
    while (await relay.run(wake));
    const jobs = await deliverWebhooks.due(1000);
    if (jobs.length === 0) return;
    await Promise.all(jobs.map((job) => deliverWebhooks.handle(job, wake)));
  }
}
