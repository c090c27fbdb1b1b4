import { beforeAll, describe, expect, it } from '@jest/globals';
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

/** What a test has to itself: work in a database, queues that it may do anything to, and workers. */
class Scene {
  private constructor(
    private readonly cleanUp: AsyncDisposableStack,
    readonly place: TestQueuePlace,
    private readonly database: TestDatabase,
    readonly work: TestWork,
  ) {}

  static async prepare(cleanUp: AsyncDisposableStack, makePlace: () => Promise<TestQueuePlace>): Promise<Scene> {
    const place = cleanUp.adopt(await makePlace(), (one) => one.remove());
    const database = cleanUp.adopt(await createTestDatabase(), (one) => one.drop());
    const work = cleanUp.adopt(await TestWork.prepare(database.url), (one) => one.end());
    return new Scene(cleanUp, place, database, work);
  }

  async start(): Promise<Worker> {
    const terms = { queuePlace: this.place.place, databaseUrl: this.database.url };
    return this.cleanUp.adopt(await Worker.start(terms), (one) => one.end('SIGKILL').then(() => undefined));
  }

  announce(from: number, to: number): Promise<void> {
    return this.work.announce(Array.from({ length: to - from }, (_none, index) => `dlv_${String(from + index)}`));
  }
}

beforeAll(build, TEST_MS_MAX);

describe('a worker', () => {
  // Side by side: most of the time they wait for the reconciler. The others keep the machine busy.
  it.concurrent.each(queuePlaces)(
    'whose queues are on %s does everything, and nothing twice but what was under way when it was killed, while the queues are wiped too',
    async (_, makePlace) => {
      await using cleanUp = new AsyncDisposableStack();
      const scene = await Scene.prepare(cleanUp, makePlace);
      let worker = await scene.start();
      for (let round = 0; round < 3; round++) {
        await scene.announce(round * 300, round * 300 + 300);
        const { received } = await scene.work.state();
        await eventually('some of it is done', async () => (await scene.work.state()).received > received + 20);
        await worker.end('SIGKILL');
        worker = await scene.start();
      }
      await scene.announce(900, 1_200);
      await sleep(200);
      await scene.place.empty();
      await scene.announce(1_200, 1_500);
      // The reconciler looks every 30 s.
      await eventually('all of it is done', async () => (await scene.work.state()).done === 1_500);
      const { announced, done, received, receivedTwice } = await scene.work.state();
      expect({ announced, done, received }).toEqual({ announced: 1_500, done: 1_500, received: 1_500 });
      expect(receivedTwice).toBeLessThanOrEqual(3 * CONCURRENCY);
      expect(await worker.end('SIGTERM')).toBe(0);
    },
    TEST_MS_MAX,
  );

  it.each(queuePlaces)(
    'whose queues are on %s sweeps by its own timer while the queues are away, and goes on with the rest as soon as they are back',
    async (_, makePlace) => {
      await using cleanUp = new AsyncDisposableStack();
      const scene = await Scene.prepare(cleanUp, makePlace);
      const worker = await scene.start();
      await scene.announce(0, 10);
      await eventually('it works', async () => (await scene.work.state()).done === 10);
      await scene.place.takeAway();
      await scene.announce(10, 110);
      await eventually('it is noticed', () => Promise.resolve(worker.err.includes('is away')));
      const { swept } = await scene.work.state();
      await eventually('it has swept twice more', async () => (await scene.work.state()).swept >= swept + 2);
      expect((await scene.work.state()).done).toBeLessThan(110);
      expect(await (await fetch(`${worker.url}/health/live`)).json()).toMatchObject({ status: 'ok', queue: 'away' });
      expect(await (await fetch(`${worker.url}/metrics`)).text()).toContain('purser_queue_up 0\n');
      const usedMs = await cpuMs(worker);
      expect(usedMs).toBeLessThan(10_000);
      const backAt = Date.now();
      await scene.place.bringBack();
      await eventually('all is done', async () => (await scene.work.state()).done === 110);
      expect(Date.now() - backAt).toBeLessThan(10_000);
      expect(worker.err.trim().split('\n')).toEqual([
        expect.stringContaining('is away, so queued jobs wait until it is back'),
        expect.stringContaining('is back: queued jobs go on.'),
      ]);
      expect((await scene.work.state()).receivedTwice).toBe(0);
      expect(await worker.end('SIGTERM')).toBe(0);
    },
    TEST_MS_MAX,
  );

  it.each(queuePlaces)(
    'whose queues are on %s shares the work with others, and stops at once when it is told to',
    async (_, makePlace) => {
      await using cleanUp = new AsyncDisposableStack();
      const scene = await Scene.prepare(cleanUp, makePlace);
      const [one, other] = [await scene.start(), await scene.start()];
      await scene.announce(0, 600);
      await eventually('some of it is done', async () => (await scene.work.state()).received > 50);
      expect(await one.end('SIGTERM')).toBe(0);
      await eventually('all is done', async () => (await scene.work.state()).done === 600);
      expect((await scene.work.state()).receivedTwice).toBe(0);
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
