import { connect } from '#database';
import { migrateQueues } from '#queues';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { startWork, type RunningWorker } from '../../apps/worker/start-work.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let worker: RunningWorker;

beforeAll(async () => {
  database = await createTestDatabase();
  const log = (): void => undefined;
  const pool = connect(database.url, { log });
  await migrateQueues(pool);
  await pool.end();
  const ports = {
    relayEvents: () => Promise.resolve([]),
    dueDeliveries: () => Promise.resolve([]),
    attemptDelivery: () => Promise.resolve({ nextAttemptAt: null, waiting: [] }),
    sweepAccounts: () => Promise.resolve(),
    outboxAge: () => Promise.resolve(0),
  };
  worker = await startWork({ ports, queuePlace: { databaseUrl: database.url }, log });
});
afterAll(async () => {
  await worker.close();
  await database.drop();
});

describe('docs/operations/queues.md', () => {
  it('explains every metric of a worker, once, and none that is gone', async () => {
    const text = await readFile(new URL('../../docs/operations/queues.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(/^\| `(purser_\w+)` /gm)].map(([, name]) => name);
    const existing = worker.registry.getMetricsAsArray().map(({ name }) => name);
    expect(documented.sort()).toEqual(existing.sort());
  });
});
