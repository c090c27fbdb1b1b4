import { DatabaseError } from '#database';
import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../test/support/eventually.ts';
import { queuePlaces, type TestQueuePlace } from '../../test/support/queue-places.ts';
import { QueueAway, Queues, type FinishedJob, type JobHandler } from './index.ts';
import type { QueueWorkers } from './queue-workers.ts';
import { handlersFrom, TEST_QUEUES } from './testing/test-queues.ts';

const nothing = (): Promise<null> => Promise.resolve(null);

/** Queues and their workers on a place of their own. */
class QueuesUnderTest implements AsyncDisposable {
  workers: QueueWorkers | null = null;
  readonly finished: FinishedJob[] = [];

  private constructor(
    readonly place: TestQueuePlace,
    public queues: Queues,
    readonly log: string[],
  ) {}

  static async open(makePlace: () => Promise<TestQueuePlace>): Promise<QueuesUnderTest> {
    await using cleanUp = new AsyncDisposableStack();
    const place = cleanUp.adopt(await makePlace(), (one) => one.remove());
    const log: string[] = [];
    const queues = await Queues.open(place.place, { queues: TEST_QUEUES, log: (line) => log.push(line) });
    cleanUp.move();
    return new QueuesUnderTest(place, queues, log);
  }

  readonly work = (handlers: Readonly<Record<string, JobHandler>>): void => {
    const observer = { jobFinished: (job: FinishedJob) => this.finished.push(job) };
    this.workers = this.queues.work(handlersFrom(handlers), observer);
  };

  /** How many jobs of a queue aren't finished. */
  readonly jobsOf = async (name: string): Promise<number> => {
    const counts = (await this.queues.count()).find(({ queue }) => queue === name);
    return (counts?.waiting ?? 0) + (counts?.delayed ?? 0) + (counts?.active ?? 0);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    const isStopped = await (this.workers?.stop(5_000) ?? true);
    await this.queues.close();
    await this.place.remove();
    expect(isStopped).toBe(true);
  }
}

const deliveries = (...ids: string[]): { delivery: string }[] => ids.map((delivery) => ({ delivery }));

/** The same guarantees on every backend. Side by side: most of the time they wait. */
describe('queues', () => {
  it.concurrent.each(queuePlaces)('on %s runs a job soon after it was added, once', async (_, makePlace) => {
    await using test = await QueuesUnderTest.open(makePlace);
    const { queues, finished, work, jobsOf } = test;
    const seen: string[] = [];
    work({ deliver_webhook: ({ delivery = '' }) => (seen.push(delivery), nothing()) });
    await queues.add('deliver_webhook', deliveries('dlv_1', 'dlv_2', 'dlv_3'));
    await eventually('all have run', () => Promise.resolve(seen.length === 3));
    await eventually('none is left', async () => (await jobsOf('deliver_webhook')) === 0);
    expect(seen.sort()).toEqual(['dlv_1', 'dlv_2', 'dlv_3']);
    expect(finished).toHaveLength(3);
    for (const { outcome, lateMs } of finished) {
      expect(outcome).toBe('done');
      expect(lateMs).toBeLessThan(5_000);
    }
  });

  it.concurrent.each(queuePlaces)(
    'on %s adds a job unless it is there, and again after it has run',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { queues, work, jobsOf } = test;
      const add = (...ids: string[]) => queues.add('deliver_webhook', deliveries(...ids), { unlessThere: true });
      await add('dlv_1', 'dlv_1');
      await add('dlv_1', 'dlv_2');
      expect(await jobsOf('deliver_webhook')).toBe(2);
      let runs = 0;
      work({ deliver_webhook: () => ((runs += 1), nothing()) });
      await eventually('both have run', async () => (await jobsOf('deliver_webhook')) === 0);
      await add('dlv_1');
      await eventually('it has run again', () => Promise.resolve(runs === 3));
    },
  );

  it.concurrent.each(queuePlaces)(
    'on %s wakes once more where that was asked for while the job was under way',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { queues, work } = test;
      let runs = 0;
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      work({ deliver_webhook: async () => ((runs += 1), await held, null) });
      await queues.add('deliver_webhook', deliveries('dlv_1'), { unlessThere: true });
      await eventually('it is under way', () => Promise.resolve(runs === 1));
      await queues.add('deliver_webhook', deliveries('dlv_1'));
      release();
      await eventually('it has run twice', () => Promise.resolve(runs === 2));
    },
  );

  it.concurrent.each(queuePlaces)('on %s adds thousands at once', async (_, makePlace) => {
    await using test = await QueuesUnderTest.open(makePlace);
    const { queues, jobsOf } = test;
    const ids = Array.from({ length: 2_500 }, (_none, index) => `dlv_${String(index)}`);
    await queues.add('deliver_webhook', deliveries(...ids), { unlessThere: true });
    await queues.add('deliver_webhook', deliveries(...ids), { unlessThere: true });
    expect(await jobsOf('deliver_webhook')).toBe(2_500);
  });

  it.concurrent.each(queuePlaces)(
    'on %s runs a job again at the time that its handler names, not before and soon after',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { queues, finished, work, jobsOf } = test;
      const runs: number[] = [];
      work({ deliver_webhook: () => Promise.resolve(runs.push(Date.now()) < 3 ? Date.now() + 300 : null) });
      await queues.add('deliver_webhook', deliveries('dlv_1'));
      await eventually('it is done', () => Promise.resolve(finished.length === 3));
      for (const [index, ranAt] of runs.slice(1).entries()) {
        expect(ranAt - (runs[index] ?? 0)).toBeGreaterThanOrEqual(298);
        expect(ranAt - (runs[index] ?? 0)).toBeLessThan(2_000);
      }
      expect(finished.map(({ outcome }) => outcome)).toEqual(['again', 'again', 'done']);
      expect(finished.map(({ lateMs }) => lateMs === null)).toEqual([false, true, true]);
      await eventually('it is gone', async () => (await jobsOf('deliver_webhook')) === 0);
    },
  );

  it.concurrent.each(queuePlaces)('on %s never runs more jobs at once than the queue allows', async (_, makePlace) => {
    await using test = await QueuesUnderTest.open(makePlace);
    const { queues, finished, work } = test;
    let running = 0;
    let most = 0;
    work({
      deliver_webhook: async () => {
        running += 1;
        most = Math.max(most, running);
        await sleep(100);
        running -= 1;
        return null;
      },
    });
    await queues.add('deliver_webhook', deliveries(...Array.from({ length: 200 }, (_none, id) => `dlv_${String(id)}`)));
    await eventually('all have run', () => Promise.resolve(finished.length === 200));
    expect(most).toBe(64);
  });

  it.concurrent.each(queuePlaces)(
    'on %s tries a failed job again, and forgets it after the last attempt, so that it can be added again',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { queues, finished, log, work, jobsOf } = test;
      let runs = 0;
      work({ deliver_webhook: () => ((runs += 1), Promise.reject(new Error('no such table'))) });
      await queues.add('deliver_webhook', deliveries('dlv_1'), { unlessThere: true });
      await eventually('it was tried three times', () => Promise.resolve(runs === 3));
      await eventually('it is gone', async () => (await jobsOf('deliver_webhook')) === 0);
      await queues.add('deliver_webhook', deliveries('dlv_1'), { unlessThere: true });
      await eventually('it is tried again', () => Promise.resolve(runs === 4));
      expect(finished.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed', 'failed']);
      expect(log.filter((line) => line.includes('no such table'))).toHaveLength(1);
    },
  );

  it.concurrent.each(queuePlaces)('on %s keeps one schedule when it is made again', async (_, makePlace) => {
    await using test = await QueuesUnderTest.open(makePlace);
    const { queues, jobsOf } = test;
    await queues.keepSchedules();
    await queues.keepSchedules();
    expect(await jobsOf('sweep_accounts')).toBe(1);
  });

  it.concurrent.each(queuePlaces)(
    'on %s runs no more often by a schedule that several make again and again, while it runs',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { place, queues, log, work } = test;
      const other = await Queues.open(place.place, { queues: TEST_QUEUES, log: (line) => log.push(line) });
      let sweeps = 0;
      work({ sweep_accounts: () => ((sweeps += 1), nothing()) });
      for (let time = 0; time < 15; time++) {
        await Promise.all([queues.keepSchedules(), other.keepSchedules()]);
        await sleep(300);
      }
      const soFar = sweeps;
      await sleep(5_000);
      // Once a second, and perhaps one more where a slot was under way.
      expect(soFar).toBeGreaterThanOrEqual(2);
      expect(sweeps - soFar).toBeGreaterThanOrEqual(4);
      expect(sweeps - soFar).toBeLessThanOrEqual(6);
      await other.close();
      expect(log).toEqual([]);
    },
  );

  it.concurrent.each(queuePlaces)(
    'on %s gives the job of a process that was killed to another',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { place, queues, work } = test;
      const script = fileURLToPath(new URL('testing/hanging-worker.ts', import.meta.url));
      const args = ['--conditions=source', '--no-warnings', script, JSON.stringify(place.place)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      await queues.add('deliver_webhook', deliveries('dlv_1'));
      const [taken] = (await once(child.stdout, 'data')) as [Buffer];
      expect(taken.toString()).toBe('dlv_1\n');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const seen: string[] = [];
      work({ deliver_webhook: ({ delivery = '' }) => (seen.push(delivery), nothing()) });
      await eventually('another has run it', () => Promise.resolve(seen.length === 1));
      expect(seen).toEqual(['dlv_1']);
    },
  );

  it.concurrent.each(queuePlaces)(
    'on %s goes on after everything in it was lost, when it is added again',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { place, queues, finished, work, jobsOf } = test;
      const seen: string[] = [];
      let release = (): void => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      work({ deliver_webhook: async ({ delivery = '' }) => (seen.push(delivery), await held, null) });
      await queues.keepSchedules();
      await queues.add('deliver_webhook', deliveries('dlv_1'));
      await eventually('it has begun', () => Promise.resolve(seen.length === 1));
      await place.empty();
      release();
      expect(await jobsOf('sweep_accounts')).toBe(0);
      await queues.keepSchedules();
      await queues.add('deliver_webhook', deliveries('dlv_2'));
      await eventually('the next has run', () => Promise.resolve(seen.includes('dlv_2')));
      const before = finished.filter(({ queue }) => queue === 'sweep_accounts').length;
      await eventually('the schedule goes on', () =>
        Promise.resolve(finished.filter(({ queue }) => queue === 'sweep_accounts').length > before + 1),
      );
    },
  );

  it.concurrent.each(queuePlaces)(
    'on %s notices during a job that jobs are lost, and reports no fault of the backend',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { place, queues, finished, log, work } = test;
      const { promise: held, resolve: release } = Promise.withResolvers<null>();
      let [begun, lost] = [0, 0];
      queues.onBack(() => (lost += 1));
      work({ deliver_webhook: () => ((begun += 1), held) });
      await queues.add('deliver_webhook', deliveries('dlv_1', 'dlv_2'));
      await eventually('both have begun', () => Promise.resolve(begun === 2));
      await place.empty();
      await eventually('it is noticed', () => Promise.resolve(lost > 0));
      release(null);
      await eventually('both are done', () => Promise.resolve(finished.length === 2));
      expect(log).toEqual([]);
    },
  );

  it.concurrent.each(queuePlaces)(
    'on %s refuses jobs at once while the backend is away, says so once, and goes on by itself when it is back',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { place, queues, log, work } = test;
      const seen: string[] = [];
      let backs = 0;
      queues.onBack(() => (backs += 1));
      work({ deliver_webhook: ({ delivery = '' }) => (seen.push(delivery), nothing()) });
      await queues.add('deliver_webhook', deliveries('dlv_1'));
      await eventually('it works', () => Promise.resolve(seen.length === 1));
      await place.takeAway();
      await eventually('it is noticed', () => Promise.resolve(queues.isAway));
      const startedAt = Date.now();
      for (let attempt = 0; attempt < 100; attempt++)
        await expect(queues.add('deliver_webhook', deliveries('dlv_2'))).rejects.toThrow(QueueAway);
      expect(Date.now() - startedAt).toBeLessThan(1_000);
      await sleep(3_000);
      expect(log).toEqual([expect.stringMatching(/^(Redis|Postgres) is away, so queued jobs wait until it is back: /)]);
      await place.bringBack();
      await eventually('it is back', () => Promise.resolve(!queues.isAway));
      expect(log.slice(1)).toEqual([expect.stringMatching(/^(Redis|Postgres) is back: queued jobs go on\.$/)]);
      expect(backs).toBe(1);
      await queues.add('deliver_webhook', deliveries('dlv_3'));
      await eventually('it works again', () => Promise.resolve(seen.includes('dlv_3')));
    },
  );

  it.concurrent.each(queuePlaces)('on %s stops without waiting for a backend that is away', async (_, makePlace) => {
    await using test = await QueuesUnderTest.open(makePlace);
    const { place, queues, finished, work } = test;
    work({});
    await queues.add('deliver_webhook', deliveries('dlv_1'));
    await eventually('it works', () => Promise.resolve(finished.length === 1));
    await place.takeAway();
    await eventually('it is noticed', () => Promise.resolve(queues.isAway));
    const startedAt = Date.now();
    expect(await test.workers?.stop(5_000)).toBe(true);
    await queues.close();
    expect(Date.now() - startedAt).toBeLessThan(3_000);
    await place.bringBack();
    test.workers = null;
    await eventually('others can use it', async () => {
      test.queues = await Queues.open(place.place, { queues: TEST_QUEUES, log: () => undefined });
      return true;
    });
  });

  it.concurrent.each(queuePlaces)(
    'on %s finishes what is under way when it stops, and says where that takes too long',
    async (_, makePlace) => {
      await using test = await QueuesUnderTest.open(makePlace);
      const { queues, work, jobsOf } = test;
      const receiver = Promise.withResolvers<null>();
      let isDone = false;
      work({ deliver_webhook: () => receiver.promise.finally(() => (isDone = true)) });
      await queues.add('deliver_webhook', deliveries('dlv_1'));
      await eventually('it has begun', async () => (await queues.count()).some(({ active }) => active === 1));
      expect(await test.workers?.stop(50)).toBe(false);
      expect(isDone).toBe(false);
      receiver.resolve(null);
      expect(await test.workers?.stop(5_000)).toBe(true);
      expect(isDone).toBe(true);
      expect(await jobsOf('deliver_webhook')).toBe(0);
    },
  );

  for (const [name, makePlace] of queuePlaces) {
    const isWaitedFor = name === 'Redis';
    it.concurrent(
      `${isWaitedFor ? 'waits for' : 'does not start without'} a ${name} that is away at the start`,
      async () => {
        const test = await makePlace();
        await test.takeAway();
        const log: string[] = [];
        const opening = Queues.open(test.place, { queues: TEST_QUEUES, log: (line) => log.push(line) });
        if (isWaitedFor) {
          const queues = await opening;
          const seen: string[] = [];
          const handlers = handlersFrom({ deliver_webhook: ({ delivery = '' }) => (seen.push(delivery), nothing()) });
          const workers = queues.work(handlers, { jobFinished: () => undefined });
          await expect(queues.add('deliver_webhook', [{ delivery: 'dlv_1' }])).rejects.toThrow(QueueAway);
          await test.bringBack();
          await eventually('it is there', () => Promise.resolve(!queues.isAway));
          await queues.add('deliver_webhook', [{ delivery: 'dlv_2' }]);
          await eventually('it works', () => Promise.resolve(seen.includes('dlv_2')));
          expect(log).toEqual([expect.stringContaining('Redis is away'), expect.stringContaining('Redis is back')]);
          expect(await workers.stop(5_000)).toBe(true);
          await queues.close();
        } else {
          await expect(opening).rejects.toThrow(DatabaseError);
          await test.bringBack();
        }
        await test.remove();
      },
    );
  }
});

it('refuses two queues of one name, whose jobs would go to either', async () => {
  const twice = [...TEST_QUEUES, { name: 'sweep_accounts', concurrency: 1, attempts: 1 }];
  const opening = Queues.open({ redisUrl: 'redis://127.0.0.1:1' }, { queues: twice, log: () => undefined });
  await expect(opening).rejects.toThrow('sweep_accounts is there twice');
});
