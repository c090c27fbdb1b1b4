import { afterEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { hasRedis, startTestRedis } from '../support/test-redis.ts';
import { makeFolder } from './make-folder.ts';
import { PurserRun } from './purser-run.ts';
import { startService } from './service-run.ts';

const ADMIN_KEY = 'pur_live_the-key-of-a-service-with-a-worker';
const TEST_MS_MAX = 120_000;

interface Message {
  readonly id: string;
  readonly type: string;
}

let cleanUp: AsyncDisposableStack | null = null;
afterEach(() => cleanUp?.disposeAsync());

/** Receives webhooks. */
async function startReceiver(): Promise<{ url: string; messages: Message[]; server: Server }> {
  const messages: Message[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { type } = JSON.parse(Buffer.concat(chunks).toString()) as { type: string };
      messages.push({ id: String(request.headers['webhook-id']), type });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`, messages, server };
}

/** Uses up an account, and has a hold expire in it. */
async function useUp(client: ApiClient): Promise<void> {
  const account = await openAccount(client, { credits: '100' });
  await client.post('/v1/charges', { account, amount: '95' });
  await client.post('/v1/authorizations', { account, amount: '1', expires_in: 1 });
}

const EXPECTED = ['authorization.expired', 'balance.threshold_reached'];

async function expectDelivered(messages: readonly Message[]): Promise<void> {
  await eventually('all was delivered', () =>
    Promise.resolve(EXPECTED.every((type) => messages.some((message) => message.type === type))),
  );
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
  expect(messages.filter(({ type }) => type === 'balance.threshold_reached')).toHaveLength(1);
}

describe('purser start', () => {
  it(
    'delivers and expires by itself, with nothing set up, and tells of it among its metrics',
    async () => {
      cleanUp = new AsyncDisposableStack();
      const { url, messages, server } = await startReceiver();
      cleanUp.defer(() => void server.close());
      const dataDir = await makeFolder('worker');
      cleanUp.defer(() => rm(dataDir, { recursive: true, force: true }));
      const service = await startService(dataDir, {
        PURSER_ADMIN_KEY: ADMIN_KEY,
        PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true',
      });
      cleanUp.defer(async () => {
        await service.end('SIGKILL');
      });
      const client = service.client(ADMIN_KEY);
      expect((await client.post('/v1/webhook-endpoints', { url })).status).toBe(201);
      await useUp(client);
      await expectDelivered(messages);
      const metrics = await (await fetch(`${service.url}/metrics`)).text();
      expect(metrics).toMatch(/^purser_queue_jobs_total\{queue="deliver_webhook",outcome="done"\} \d+$/m);
      expect(metrics).toMatch(/^purser_outbox_age_seconds \S+$/m);
      expect(metrics.match(/^process_resident_memory_bytes /gm)).toHaveLength(1);
      expect(await service.end('SIGTERM')).toMatchObject({ code: 0 });
    },
    TEST_MS_MAX,
  );
});

describe('purser api and purser worker', () => {
  it.each(hasRedis ? ['Redis', 'Postgres'] : ['Postgres'])(
    'deliver and expire together, with queues on %s',
    async (place) => {
      cleanUp = new AsyncDisposableStack();
      const { url, messages, server } = await startReceiver();
      cleanUp.defer(() => void server.close());
      const database = await createTestDatabase();
      cleanUp.defer(() => database.drop());
      const redis = place === 'Redis' ? await startTestRedis() : null;
      cleanUp.defer(async () => redis?.stop());
      const environment = {
        DATABASE_URL: database.url,
        PURSER_ADMIN_KEY: ADMIN_KEY,
        PURSER_SECRETS_KEY: randomBytes(32).toString('base64'),
        PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true',
        PORT: '0',
        PURSER_WORKER_PORT: '0',
        ...(redis ? { REDIS_URL: redis.url } : {}),
      };
      await (
        await PurserRun.start(['migrate'], environment)
      ).ended;
      const run = async (command: string): Promise<PurserRun> => {
        const started = await PurserRun.start([command], environment);
        cleanUp?.defer(async () => {
          await started.end('SIGKILL');
        });
        return started;
      };
      const api = await run('api');
      const [, apiUrl = ''] = await api.writes(/^ready on (\S+)\n/m);
      const worker = await run('worker');
      const [, port = ''] = await worker.writes(/^health and metrics on port (\d+)\n/m);
      const client = new ApiClient(apiUrl, ADMIN_KEY);
      expect((await client.post('/v1/webhook-endpoints', { url })).status).toBe(201);
      await useUp(client);
      await expectDelivered(messages);
      const health = (await (await fetch(`http://127.0.0.1:${port}/health/live`)).json()) as object;
      expect(health).toEqual({ status: 'ok', queue: 'ok', relay: 'ok', sweeps: 'ok' });
      await client.close();
      expect(await worker.end('SIGTERM')).toMatchObject({ code: 0, err: '' });
      expect(await api.end('SIGTERM')).toMatchObject({ code: 0 });
    },
    TEST_MS_MAX,
  );

  it(
    'say what to do where the port of the worker is taken',
    async () => {
      cleanUp = new AsyncDisposableStack();
      const { url, server } = await startReceiver();
      cleanUp.defer(() => void server.close());
      const database = await createTestDatabase();
      cleanUp.defer(() => database.drop());
      const environment = { DATABASE_URL: database.url, PURSER_WORKER_PORT: new URL(url).port };
      await (
        await PurserRun.start(['migrate'], environment)
      ).ended;
      const { code, err } = await (await PurserRun.start(['worker'], environment)).ended;
      expect(code).toBe(1);
      expect(err).toMatch(/^Port \d+ on 127\.0\.0\.1 is taken by another program\. .*PURSER_WORKER_PORT=/);
    },
    TEST_MS_MAX,
  );
});
