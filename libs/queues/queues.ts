import { DatabaseError } from '#database';
import { checkHandlers, type JobHandlers } from './job-handlers.ts';
import { Outage, within } from './outage.ts';
import { openPostgresBackend } from './postgres-backend.ts';
import type { BullQueue, QueueBackend, QueuePlace } from './queue-backend.ts';
import { QUEUE_NAMES, QUEUES, type JobPayloads, type QueueName } from './queue-table.ts';
import { openRedisBackend } from './redis-backend.ts';
import type { JobObserver } from './run-job.ts';
import { QueueWorkers } from './queue-workers.ts';

export interface QueuesOptions {
  readonly log: (line: string) => void;
}

export interface AddOptions {
  /**
   * Leaves out those that were added like this and still wait or are under way: for who adds again and again what it finds.
   * Who has news must not use it, because a job that is under way may have looked at the state before.
   */
  readonly unlessThere?: boolean;
}

/** How many jobs of a queue stand where. */
export interface QueueCounts {
  readonly queue: QueueName;
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

/** Jobs can't be added now. What they are for stands in Postgres, and the reconciler finds it. */
export class QueueAway extends Error {
  override readonly name = 'QueueAway';
}

/** Adding is one round trip. Who adds doesn't wait for a backend that is away. */
const ADD_MS_MAX = 5_000;
const BULK_MAX = 1_000;
const RETRY_AFTER_MS = 1_000;
/** BullMQ keeps a history of what happened in a queue, which nobody here reads. */
const HISTORY_MAX = 100;

/** All queues, on Redis or on Postgres. */
export class Queues {
  readonly #backend: QueueBackend;
  readonly #queues: Readonly<Record<QueueName, BullQueue>>;
  readonly #outage: Outage;
  readonly #log: (line: string) => void;

  private constructor(
    backend: QueueBackend,
    queues: Record<QueueName, BullQueue>,
    outage: Outage,
    log: QueuesOptions['log'],
  ) {
    this.#backend = backend;
    this.#queues = queues;
    this.#outage = outage;
    this.#log = log;
  }

  /**
   * Opens all queues. A Redis that is away is waited for in the background; Postgres must be there, with its tables.
   * @throws DatabaseError where the Postgres can't be reached, or `migrateQueues` hasn't been run on it
   */
  static async open(place: QueuePlace, { log }: QueuesOptions): Promise<Queues> {
    const suspect = (error: unknown): void => outage.suspect(error);
    const backend =
      'redisUrl' in place ? openRedisBackend(place.redisUrl, suspect) : openPostgresBackend(place.databaseUrl);
    const queues = openEach((name) => openQueue(backend, name, suspect));
    const outage = new Outage({ name: backend.name, log, probe: () => queues.sweep_accounts.getJobCounts('waiting') });
    const opened = new Queues(backend, queues, outage, log);
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
  async add<Name extends QueueName>(
    name: Name,
    payloads: readonly JobPayloads[Name][],
    { unlessThere = false }: AddOptions = {},
  ): Promise<void> {
    const idOf = unlessThere ? QUEUES[name].idOf : null;
    const jobs = payloads.map((data) => ({
      name,
      data,
      opts: idOf === null ? {} : { jobId: idOf(data) },
    }));
    for (let from = 0; from < jobs.length; from += BULK_MAX) {
      const bulk = jobs.slice(from, from + BULK_MAX);
      await this.#ask(() => this.#queues[name].addBulk(bulk));
    }
  }

  /**
   * Makes the schedules of the table, or makes them again after they were lost; one that is there stays as it is.
   * @throws QueueAway
   */
  async keepSchedules(): Promise<void> {
    for (const name of QUEUE_NAMES) {
      const { everyMs: every } = QUEUES[name];
      if (every !== undefined) await this.#ask(() => this.#queues[name].upsertJobScheduler(name, { every }, { name }));
    }
  }

  /** @throws QueueAway */
  async count(): Promise<readonly QueueCounts[]> {
    return Promise.all(
      QUEUE_NAMES.map(async (queue) => {
        const {
          waiting = 0,
          delayed = 0,
          active = 0,
        } = await this.#ask(() => this.#queues[queue].getJobCounts('waiting', 'delayed', 'active'));
        return { queue, waiting, delayed, active };
      }),
    );
  }

  /**
   * Begins to work all queues in this process.
   * @throws HandlerError where a queue hasn't exactly one handler
   */
  work(handlers: JobHandlers, observer: JobObserver): QueueWorkers {
    checkHandlers(handlers);
    return new QueueWorkers({ backend: this.#backend, outage: this.#outage, handlers, observer, log: this.#log });
  }

  /** Closes all connections; stop the workers first. */
  async close(): Promise<void> {
    await this.#outage.stop();
    await Promise.allSettled(Object.values(this.#queues).map((queue) => queue.close()));
    this.#backend.close();
  }

  async #waitUntilReady(): Promise<void> {
    try {
      await Promise.all(Object.values(this.#queues).map((queue) => queue.waitUntilReady()));
    } catch (error) {
      await this.close();
      throw new DatabaseError(
        `The queues on Postgres can't be used: ${String(error)}. Run 'purser migrate' as the role that owns the tables.`,
        { cause: error },
      );
    }
  }

  async #ask<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#outage.isAway) throw new QueueAway(`${this.#backend.name} is away`);
    try {
      return await within(ADD_MS_MAX, ask());
    } catch (error) {
      this.#outage.suspect(error);
      throw new QueueAway(`${this.#backend.name} doesn't take or tell of jobs: ${String(error)}`, { cause: error });
    }
  }
}

function openQueue(backend: QueueBackend, name: QueueName, onError: (error: Error) => void): BullQueue {
  const { attempts } = QUEUES[name];
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

function openEach(open: (name: QueueName) => BullQueue): Record<QueueName, BullQueue> {
  return Object.fromEntries(QUEUE_NAMES.map((name) => [name, open(name)])) as Record<QueueName, BullQueue>;
}
