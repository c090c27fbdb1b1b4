import { afterEach, describe, expect, it } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { createTestDatabase } from '../support/test-database.ts';
import { hasRedis, startTestRedis } from '../support/test-redis.ts';
import { expectDelivered, expectDeliveredTogether, startReceiver, useUp } from './expect-delivered-together.ts';
import { makeFolder } from './make-folder.ts';
import { PurserRun } from './purser-run.ts';
import { startService } from './service-run.ts';

const ADMIN_KEY = 'pur_live_the-key-of-a-service-with-a-worker';
const TEST_MS_MAX = 120_000;

let cleanUp: AsyncDisposableStack | null = null;
afterEach(() => cleanUp?.disposeAsync());

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
      const database = await createTestDatabase();
      cleanUp.defer(() => database.drop());
      const redis = place === 'Redis' ? await startTestRedis() : null;
      cleanUp.defer(async () => redis?.stop());
      const places = { DATABASE_URL: database.url, ...(redis ? { REDIS_URL: redis.url } : {}) };
      await expectDeliveredTogether(places);
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
