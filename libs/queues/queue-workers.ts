import { setTimeout as sleep } from 'node:timers/promises';
import type { JobHandlers } from './job-handlers.ts';
import type { Outage } from './outage.ts';
import type { BullWorker, QueueBackend } from './queue-backend.ts';
import { QUEUE_NAMES, QUEUES, type QueueName } from './queue-table.ts';
import { runJobs, type JobObserver } from './run-job.ts';
import { SparseLog } from './sparse-log.ts';

export interface QueueWorkersParts {
  readonly backend: QueueBackend;
  readonly outage: Outage;
  readonly handlers: JobHandlers;
  readonly observer: JobObserver;
  readonly log: (line: string) => void;
}

/** Whoever has a job renews its lock twice in this time; a job whose lock has run out is given to another. */
const LOCK_MS = 10_000;
const LOOK_FOR_STALLED_EVERY_MS = 5_000;
/** A job may lose so many processes before it is given up and left to the reconciler. */
const STALLED_MAX = 3;
const RETRY_AFTER_MS = 1_000;

/** The workers of all queues in this process. */
export class QueueWorkers {
  readonly #workers: readonly BullWorker[];
  readonly #outage: Outage;

  constructor(parts: QueueWorkersParts) {
    this.#outage = parts.outage;
    this.#workers = QUEUE_NAMES.map((name) => openWorker(name, parts));
  }

  /**
   * Takes no new jobs, and waits so long for those under way. What isn't finished then is found and done by another.
   * @returns whether all were finished
   */
  async stop(graceMs: number): Promise<boolean> {
    // A backend that is away can't be told that a job is finished.
    const isForced = this.#outage.isAway;
    const closed = Promise.all(this.#workers.map((worker) => worker.close(isForced))).then(() => true);
    const timer = new AbortController();
    const late = sleep(graceMs, false, { signal: timer.signal });
    try {
      return await Promise.race([closed, late]);
    } finally {
      timer.abort();
      void Promise.allSettled([closed, late]);
    }
  }
}

function openWorker(name: QueueName, parts: QueueWorkersParts): BullWorker {
  const { backend, outage, handlers, observer, log } = parts;
  const failures = new SparseLog(log);
  const process = runJobs({
    queue: name,
    handler: handlers[name],
    observer,
    onFailure: (error) => failures.tell(`A job of ${name} failed: ${String(error)}`),
  });
  const worker = backend.openWorker(name, process, {
    concurrency: QUEUES[name].concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_FOR_STALLED_EVERY_MS,
    maxStalledCount: STALLED_MAX,
    runRetryDelay: RETRY_AFTER_MS,
  });
  worker.on('error', (error) => outage.suspect(error));
  return worker;
}
