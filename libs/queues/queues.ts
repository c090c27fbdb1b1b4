import type { JobIds, WakeOptions } from '#background';
import { DatabaseError } from '#database';
import { refuseSameNames, type JobHandler, type JobQueue } from './job-queue.ts';
import { Outage, within } from './outage.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import type { BullQueue, QueueBackend, QueuePlace } from './queue-backend.ts';
import { openRedisBackend } from './redis-backend.ts';
import type { JobObserver } from './run-job.ts';
import { QueueWorkers } from './queue-workers.ts';

export interface QueuesOptions {
  /** All that are worked, at least one. */
  readonly queues: readonly JobQueue[];
  readonly log: (line: string) => void;
}

/** How many jobs of a queue stand where. */
export interface QueueCounts {
  /** Its name. */
  readonly queue: string;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

/** Jobs can't be added now. What they are for stands in Postgres, and the reconciler finds it. */
export class QueueAway extends Error {
  override readonly name = 'QueueAway';
}

/** Adding is one round trip. A caller doesn't wait for a backend that is away. */
const ADD_MS_MAX = 5_000;
const BULK_MAX = 1_000;
const RETRY_AFTER_MS = 1_000;
/** BullMQ keeps a history of what happened in a queue, which nobody here reads. */
const HISTORY_MAX = 100;

interface OpenQueue {
  readonly queue: JobQueue;
  readonly bull: BullQueue;
}

/** All queues, on Redis or on Postgres. */
export class Queues {
  readonly #backend: QueueBackend;
  readonly #queues: readonly OpenQueue[];
  readonly #outage: Outage;
  readonly #log: (line: string) => void;

  private constructor(backend: QueueBackend, queues: readonly OpenQueue[], outage: Outage, log: QueuesOptions['log']) {
    this.#backend = backend;
    this.#queues = queues;
    this.#outage = outage;
    this.#log = log;
  }

  /**
   * Opens all queues. A Redis that is away is waited for in the background; Postgres must be there, with its tables.
   * @throws DatabaseError where the Postgres can't be reached, or `migrateQueues` hasn't been run on it
   * @throws QueueError where two queues have one name
   */
  static async open(place: QueuePlace, { queues, log }: QueuesOptions): Promise<Queues> {
    refuseSameNames(queues);
    const suspect = (error: unknown): void => outage.suspect(error);
    const backend =
      'redisUrl' in place ? openRedisBackend(place.redisUrl, suspect) : openPostgresBackend(place.databaseUrl);
    const open = queues.map((queue) => ({ queue, bull: openQueue(backend, queue, suspect) }));
    const probe = (): Promise<unknown> => Promise.resolve(open[0]?.bull.getJobCounts('waiting'));
    const outage = new Outage({ name: backend.name, log, probe });
    const opened = new Queues(backend, open, outage, log);
    if (backend.name === 'Postgres') await opened.#waitUntilReady();
    return opened;
  }

  /** Whether the backend is known to be away. */
  get isAway(): boolean {
    return this.#outage.isAway;
  }

  /** Called when the backend is back, or had another fault: jobs may have been lost. */
  onBack(listener: () => void): void {
    this.#outage.onBack(listener);
  }

  /**
   * Adds jobs.
   * @throws QueueAway, soon, where the backend is away. Some of the jobs may have been added
   */
  async add(name: string, payloads: readonly JobIds[], { unlessThere = false }: WakeOptions = {}): Promise<void> {
    const { queue, bull } = this.#find(name);
    const jobs = payloads.map((data) => {
      const jobId = unlessThere ? queue.idOf?.(data) : undefined;
      return { name, data, opts: jobId === undefined ? {} : { jobId } };
    });
    for (let from = 0; from < jobs.length; from += BULK_MAX) {
      const bulk = jobs.slice(from, from + BULK_MAX);
      await this.#ask(() => bull.addBulk(bulk));
    }
  }

  /**
   * Makes the schedules of all queues, or makes them again after they were lost; one that is there stays as it is.
   * @throws QueueAway
   */
  async keepSchedules(): Promise<void> {
    for (const { queue, bull } of this.#queues) {
      const { name, everyMs: every } = queue;
      if (every !== undefined) await this.#ask(() => bull.upsertJobScheduler(name, { every }, { name }));
    }
  }

  /** @throws QueueAway */
  async count(): Promise<readonly QueueCounts[]> {
    return Promise.all(
      this.#queues.map(async ({ queue, bull }) => {
        const {
          waiting = 0,
          delayed = 0,
          active = 0,
        } = await this.#ask(() => bull.getJobCounts('waiting', 'delayed', 'active'));
        return { queue: queue.name, waiting, delayed, active };
      }),
    );
  }

  /** Begins to work all queues in this process. */
  work(handlerOf: (queue: JobQueue) => JobHandler, observer: JobObserver): QueueWorkers {
    const queues = this.#queues.map(({ queue }) => queue);
    const [backend, outage, log] = [this.#backend, this.#outage, this.#log];
    return new QueueWorkers({ backend, outage, queues, handlerOf, observer, log });
  }

  /** Closes all connections; stop the workers first. */
  async close(): Promise<void> {
    await this.#outage.stop();
    await Promise.allSettled(this.#queues.map(({ bull }) => bull.close()));
    this.#backend.close();
  }

  async #waitUntilReady(): Promise<void> {
    try {
      await Promise.all(this.#queues.map(({ bull }) => bull.waitUntilReady()));
    } catch (error) {
      await this.close();
      throw new DatabaseError(
        `The queues on Postgres can't be used: ${String(error)}. Run 'purser migrate' as the role that owns the tables.`,
        { cause: error },
      );
    }
  }

  #find(name: string): OpenQueue {
    const found = this.#queues.find(({ queue }) => queue.name === name);
    if (!found) throw new Error(`there is no queue ${name}`);
    return found;
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#outage.isAway) throw new QueueAway(`${this.#backend.name} is away`);
    try {
      return await within(ADD_MS_MAX, ask());
    } catch (error) {
      this.#outage.suspect(error);
      throw new QueueAway(`${this.#backend.name} doesn't take or count jobs: ${String(error)}`, { cause: error });
    }
  }
}

function openQueue(backend: QueueBackend, { name, attempts }: JobQueue, onError: (error: Error) => void): BullQueue {
  const queue = backend.openQueue(name, {
    defaultJobOptions: {
      attempts,
      backoff: { type: 'exponential', delay: RETRY_AFTER_MS },
      // A job that is kept keeps its id too, and nothing could wake that delivery again.
      removeOnComplete: true,
      removeOnFail: true,
    },
    streams: { events: { maxLen: HISTORY_MAX } },
  });
  queue.on('error', onError);
  return queue;
}
