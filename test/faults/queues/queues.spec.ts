import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from '../../support/build.ts';
import { eventually } from '../../support/eventually.ts';
import { queuePlaces, type TestQueuePlace } from '../../support/queue-places.ts';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.ts';
import { CONCURRENCY, TestWork } from './test-work.ts';

const script = fileURLToPath(new URL('worker-process.ts', import.meta.url));
const TEST_MS_MAX = 180_000;

/** A worker in a process of its own. */
class Worker {
  err = '';
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    child.stderr?.on('data', (text: Buffer) => (this.err += text.toString()));
  }

  static async start(terms: object): Promise<Worker> {
    const args = ['--no-warnings', script, JSON.stringify(terms)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return new Worker(child, /ready on (\S+)/.exec(line.toString())?.[1] ?? '');
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  }
}

describe.each(queuePlaces)('a worker whose queues are on %s', (_, makePlace) => {
  let place: TestQueuePlace;
  let database: TestDatabase;
  let work: TestWork;
  let workers: Worker[];

  beforeEach(async () => {
    await build();
    place = await makePlace();
    database = await createTestDatabase();
    work = await TestWork.prepare(database.url);
    workers = [];
  }, TEST_MS_MAX);
  afterEach(async () => {
    for (const worker of workers) await worker.end('SIGKILL');
    await work.end();
    await database.drop();
    await place.remove();
  }, TEST_MS_MAX);

  const start = async (): Promise<Worker> => {
    const worker = await Worker.start({ queuePlace: place.place, databaseUrl: database.url });
    workers.push(worker);
    return worker;
  };
  const announce = (from: number, to: number): Promise<void> =>
    work.announce(Array.from({ length: to - from }, (_none, index) => `dlv_${String(from + index)}`));

  it(
    'does everything, and nothing twice but what was under way when it was killed, while the queues are wiped too',
    async () => {
      let worker = await start();
      for (let round = 0; round < 3; round++) {
        await announce(round * 300, round * 300 + 300);
        const { received } = await work.state();
        await eventually('some of it is done', async () => (await work.state()).received > received + 20);
        await worker.end('SIGKILL');
        worker = await start();
      }
      await announce(900, 1_200);
      await sleep(200);
      await place.empty();
      await announce(1_200, 1_500);
      // The reconciler looks every 30 s.
      await eventually('all of it is done', async () => (await work.state()).done === 1_500);
      const { announced, done, received, receivedTwice } = await work.state();
      expect({ announced, done, received }).toEqual({ announced: 1_500, done: 1_500, received: 1_500 });
      expect(receivedTwice).toBeLessThanOrEqual(3 * CONCURRENCY);
      expect(await worker.end('SIGTERM')).toBe(0);
    },
    TEST_MS_MAX,
  );

  it(
    'sweeps by its own timer while the queues are away, and goes on with the rest as soon as they are back',
    async () => {
      const worker = await start();
      await announce(0, 10);
      await eventually('it works', async () => (await work.state()).done === 10);
      await place.takeAway();
      await announce(10, 110);
      await eventually('it is noticed', () => Promise.resolve(worker.err.includes('is away')));
      const { swept } = await work.state();
      await eventually('it has swept twice more', async () => (await work.state()).swept >= swept + 2);
      expect((await work.state()).done).toBeLessThan(110);
      expect(await (await fetch(`${worker.url}/health/live`)).json()).toMatchObject({ status: 'ok', queue: 'away' });
      expect(await (await fetch(`${worker.url}/metrics`)).text()).toContain('purser_queue_up 0\n');
      const usedMs = await cpuMs(worker);
      expect(usedMs).toBeLessThan(10_000);
      const backAt = Date.now();
      await place.bringBack();
      await eventually('all is done', async () => (await work.state()).done === 110);
      expect(Date.now() - backAt).toBeLessThan(10_000);
      expect(worker.err.trim().split('\n')).toEqual([
        expect.stringContaining('is away, so queued jobs wait until it is back'),
        expect.stringContaining('is back: queued jobs go on.'),
      ]);
      expect((await work.state()).receivedTwice).toBe(0);
      expect(await worker.end('SIGTERM')).toBe(0);
    },
    TEST_MS_MAX,
  );

  it(
    'shares the work with others, and stops at once when it is told to',
    async () => {
      const [one, other] = [await start(), await start()];
      await announce(0, 600);
      await eventually('some of it is done', async () => (await work.state()).received > 50);
      expect(await one.end('SIGTERM')).toBe(0);
      await eventually('all is done', async () => (await work.state()).done === 600);
      expect((await work.state()).receivedTwice).toBe(0);
      expect(await other.end('SIGTERM')).toBe(0);
      expect(one.err + other.err).toBe('');
    },
    TEST_MS_MAX,
  );
});

async function cpuMs(worker: Worker): Promise<number> {
  const metrics = await (await fetch(`${worker.url}/metrics`)).text();
  const seconds = /^process_cpu_seconds_total (\S+)$/m.exec(metrics)?.[1];
  return Number(seconds) * 1000;
}
