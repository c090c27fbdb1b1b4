import type { Chore, QueuedChore, TimedChore } from '#background';
import { connect } from '#database';
import { migrateQueues } from '#queues';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../test/support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.ts';
import { startWork, type RunningWorker } from './start-work.ts';

let database: TestDatabase;
let worker: RunningWorker;
const log: string[] = [];
const attempts: string[] = [];
const state = { found: [] as string[], due: ['dlv_found'], dueFails: false, backlog: 2.5, sweepFails: false, runs: 0 };

type Job = Readonly<Record<'delivery', string>>;
const jobs = (ids: readonly string[]): Job[] => ids.map((delivery) => ({ delivery }));

const deliver: QueuedChore<Job> = {
  kind: 'queued',
  name: 'deliver_webhook',
  concurrency: 64,
  attempts: 3,
  idOf: ({ delivery }) => delivery,
  due: () => Promise.resolve(jobs(state.due)),
  handle: async ({ delivery: id }, wake) => {
    attempts.push(id);
    const times = attempts.filter((one) => one === id).length;
    if (id === 'dlv_first') await wake(deliver, jobs(['dlv_second']));
    if (id === 'dlv_later') return Date.now() + 3_600_000;
    return id === 'dlv_soon' && times < 3 ? Date.now() + 50 : null;
  },
};
const other: QueuedChore<Job> = {
  ...deliver,
  name: 'send_invoice',
  due: () => (state.dueFails ? Promise.reject(new Error('no such table')) : Promise.resolve([])),
};
const relay: TimedChore = {
  kind: 'timed',
  name: 'relay',
  title: 'The relay',
  healthName: 'relay',
  failureLevel: 'warn',
  everyMs: 100,
  gauge: {
    name: 'purser_outbox_age_seconds',
    help: 'How long the oldest event waits.',
    read: () => (state.backlog < 0 ? Promise.reject(new Error('away')) : Promise.resolve(state.backlog)),
  },
  run: async (wake) => {
    await wake(deliver, jobs(state.found.splice(0)));
    return false;
  },
};
const sweep: TimedChore = {
  kind: 'timed',
  name: 'sweep',
  title: 'Booking what has expired',
  healthName: 'sweeps',
  failureLevel: 'warn',
  everyMs: 5_000,
  schedule: { queue: 'sweep_accounts', everyMs: 1_000 },
  run: () => (state.sweepFails ? Promise.reject(new Error('no such account')) : Promise.resolve(false)),
};
const maintain: TimedChore = {
  kind: 'timed',
  name: 'maintain',
  title: 'Maintenance',
  failureLevel: 'error',
  everyMs: 3_600_000,
  retryMs: 3_600_000,
  run: () => Promise.reject(new Error(`run ${String((state.runs += 1))}`)),
};
const chores: readonly Chore[] = [deliver, other, relay, sweep, maintain];

const workerLog = {
  info: () => undefined,
  warn: (line: string) => void log.push(line),
  error: (line: string) => void log.push(`error: ${line}`),
};

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = connect(database.url, { log: () => undefined });
  await migrateQueues(pool);
  await migrateQueues(pool);
  await pool.end();
  const listenOn = { host: '127.0.0.1', port: 0 };
  worker = await startWork({ chores, queuePlace: { databaseUrl: database.url }, listenOn, log: workerLog });
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
  });

  it('handles what a timed chore has woken, and then what that has woken', async () => {
    state.found = ['dlv_first', 'dlv_other'];
    await attempted('all were attempted', ['dlv_first', 'dlv_other', 'dlv_second']);
    for (const id of ['dlv_first', 'dlv_other', 'dlv_second'])
      expect(attempts.filter((one) => one === id)).toHaveLength(1);
  });

  it('comes back at its time for what is due soon, and leaves to the reconciler what is due later', async () => {
    state.found = ['dlv_soon', 'dlv_later'];
    await eventually('it came back twice', () =>
      Promise.resolve(attempts.filter((id) => id === 'dlv_soon').length === 3),
    );
    await eventually('no job is left', async () => {
      const metrics = await (await get('/metrics')).text();
      return metrics.includes('purser_queue_jobs{queue="deliver_webhook",state="delayed"} 0');
    });
    expect(attempts.filter((id) => id === 'dlv_later')).toHaveLength(1);
  });

  it('measures its jobs, its queues, its tasks and the backlog of chores', async () => {
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
    expect(metrics).toContain('purser_worker_failing{task="maintain"} 1');
    expect(metrics).toMatch(/^process_resident_memory_bytes /m);
    state.backlog = -1;
    expect(await (await get('/metrics')).text()).not.toMatch(/^purser_outbox_age_seconds /m);
  });

  it('says how it is, and is alive also where something fails', async () => {
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

  it('logs once that maintenance fails, as an error, and does not try again before its time', () => {
    expect(log.filter((line) => line.includes('Maintenance'))).toEqual([
      'error: Maintenance failed, and is tried again until it works: Error: run 1',
    ]);
  });

  it('looks for what is due of every chore, though that of another can’t be found', async () => {
    state.dueFails = true;
    state.due = ['dlv_beside_a_failing_one'];
    const other = await startWork({ chores, queuePlace: { databaseUrl: database.url }, log: workerLog });
    await attempted('it was found', ['dlv_beside_a_failing_one']);
    await eventually('the failure is logged', () =>
      Promise.resolve(log.includes('The reconciler failed, and is tried again until it works: Error: no such table')),
    );
    await other.close();
  });
});

it('does not start where the queues have no tables', async () => {
  const bare = await createTestDatabase();
  const start = startWork({ chores, queuePlace: { databaseUrl: bare.url }, log: workerLog });
  await expect(start).rejects.toThrow(/purser migrate/);
  await bare.drop();
});
