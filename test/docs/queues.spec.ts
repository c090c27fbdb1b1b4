import { readConfig } from '#config';
import { connect } from '#database';
import { migrateQueues } from '#queues';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { startWorker, type RunningWorker } from '../../apps/worker/start-worker.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let worker: RunningWorker;

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = connect(database.url, { log: () => undefined });
  await migrateQueues(pool);
  await pool.end();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  worker = await startWorker({ config: readConfig({}), databaseUrl: database.url, log });
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

  it('names every queue and every task of a worker', async () => {
    const text = await readFile(new URL('../../docs/operations/queues.md', import.meta.url), 'utf8');
    const metrics = await worker.registry.metrics();
    const names = new Set([...metrics.matchAll(/^purser_\w+\{(?:queue|task)="(\w+)"/gm)].map(([, name = '']) => name));
    expect([...names]).toEqual(expect.arrayContaining(['deliver_webhook', 'relay']));
    expect([...names].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
