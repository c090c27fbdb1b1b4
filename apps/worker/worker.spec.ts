import { connect } from '#database';
import { migrateQueues } from '#queues';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../test/support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { startWork, type RunningWorker } from './start-work.ts';
import type { WorkerPorts } from './worker-ports.ts';

let database: TestDatabase;
let worker: RunningWorker;
let log: string[];
let attempts: string[];
const state: { relayed: string[]; due: string[]; sweeps: number; outboxAge: number; sweepFails: boolean } = {
  relayed: [],
  due: ['dlv_found'],
  sweeps: 0,
  outboxAge: 2_500,
  sweepFails: false,
};

const ports: WorkerPorts = {
  relayEvents: () => Promise.resolve(state.relayed.splice(0)),
  dueDeliveries: () => Promise.resolve(state.due),
  attemptDelivery: (id) => {
    attempts.push(id);
    const times = attempts.filter((one) => one === id).length;
    return Promise.resolve({
      nextAttemptAt:
        id === 'dlv_later' ? Date.now() + 3_600_000 : id === 'dlv_soon' && times < 3 ? Date.now() + 50 : null,
      waiting: id === 'dlv_first' ? ['dlv_second'] : [],
    });
  },
  sweepAccounts: () => {
    state.sweeps += 1;
    return state.sweepFails ? Promise.reject(new Error('no such account')) : Promise.resolve();
  },
  outboxAge: () => (state.outboxAge < 0 ? Promise.reject(new Error('away')) : Promise.resolve(state.outboxAge)),
};

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = connect(database.url, { log: () => undefined });
  await migrateQueues(pool);
  await migrateQueues(pool);
  await pool.end();
  log = [];
  attempts = [];
  const listenOn = { host: '127.0.0.1', port: 0 };
  worker = await startWork({
    ports,
    queuePlace: { databaseUrl: database.url },
    listenOn,
    log: (line) => log.push(line),
  });
});
afterAll(async () => {
  await worker.close();
  await database.drop();
});

const get = async (path: string): Promise<Response> => fetch(`http://127.0.0.1:${String(worker.port)}${path}`);
const attempted = (what: string, ids: readonly string[]): Promise<void> =>
  eventually(what, () => Promise.resolve(ids.every((id) => attempts.includes(id))));

describe('a worker', () => {
  it('finds at its start what is due, whatever became of its jobs', async () => {
    await attempted('it was found', ['dlv_found']);
    expect(log).toEqual([]);
  });

  it('attempts what it has relayed, and then what has waited for that', async () => {
    state.relayed = ['dlv_first', 'dlv_other'];
    await attempted('all were attempted', ['dlv_first', 'dlv_other', 'dlv_second']);
    for (const id of ['dlv_first', 'dlv_other', 'dlv_second'])
      expect(attempts.filter((one) => one === id)).toHaveLength(1);
  });

  it('comes back at its time for what is due soon, and leaves to the reconciler what is due later', async () => {
    state.relayed = ['dlv_soon', 'dlv_later'];
    await eventually('it came back twice', () =>
      Promise.resolve(attempts.filter((id) => id === 'dlv_soon').length === 3),
    );
    await eventually('no job is left', async () => {
      const metrics = await (await get('/metrics')).text();
      return metrics.includes('purser_queue_jobs{queue="deliver_webhook",state="delayed"} 0');
    });
    expect(attempts.filter((id) => id === 'dlv_later')).toHaveLength(1);
  });

  it('measures its jobs, its queues and the outbox', async () => {
    const answer = await get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const metrics = await answer.text();
    expect(metrics).toMatch(/^purser_queue_jobs_total\{queue="deliver_webhook",outcome="again"\} 2$/m);
    expect(metrics).toMatch(/^purser_queue_jobs_total\{queue="deliver_webhook",outcome="done"\} \d+$/m);
    expect(metrics).toMatch(/^purser_queue_job_duration_seconds_count\{queue="deliver_webhook"\} \d+$/m);
    expect(metrics).toMatch(/^purser_queue_lag_seconds_count\{queue="deliver_webhook"\} \d+$/m);
    expect(metrics).toMatch(/^purser_queue_jobs\{queue="sweep_accounts",state="waiting"\} \d+$/m);
    expect(metrics).toMatch(/^purser_queue_up 1$/m);
    expect(metrics).toMatch(/^purser_outbox_age_seconds 2\.5$/m);
    for (const task of ['relay', 'reconcile', 'sweep'])
      expect(metrics).toContain(`purser_worker_failing{task="${task}"} 0`);
    expect(metrics).toMatch(/^process_resident_memory_bytes /m);
    state.outboxAge = -1;
    expect(await (await get('/metrics')).text()).not.toMatch(/^purser_outbox_age_seconds /m);
  });

  it('tells how it is, and is alive also where something fails', async () => {
    const well = { status: 'ok', queue: 'ok', relay: 'ok', sweeps: 'ok' };
    expect(await (await get('/health/live')).json()).toEqual(well);
    state.sweepFails = true;
    await eventually('the timer sweeps', async () => {
      const answer = await get('/health/live');
      expect(answer.status).toBe(200);
      return ((await answer.json()) as { sweeps: string }).sweeps === 'failing';
    });
    expect(log).toContain('Booking what has expired failed, and is tried again until it works: Error: no such account');
    state.sweepFails = false;
  });
});

it('does not start where the queues have no tables', async () => {
  const bare = await createTestDatabase();
  const start = startWork({ ports, queuePlace: { databaseUrl: bare.url }, log: () => undefined });
  await expect(start).rejects.toThrow(/purser migrate/);
  await bare.drop();
});
