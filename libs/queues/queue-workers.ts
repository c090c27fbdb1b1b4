import { ErrorCode } from 'bullmq';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobHandler, JobQueue } from './job-queue.ts';
import type { Outage } from './outage.ts';
import type { BullWorker, QueueBackend } from './queue-backend.ts';
import { runJobs, type JobObserver } from './run-job.ts';
import { SparseLog } from './sparse-log.ts';

export interface QueueWorkersParts {
  readonly backend: QueueBackend;
  readonly outage: Outage;
  readonly queues: readonly JobQueue[];
  readonly handlerOf: (queue: JobQueue) => JobHandler;
  readonly observer: JobObserver;
  readonly log: (line: string) => void;
}

/** Whoever has a job renews its lock twice in this time; a job whose lock has run out is given to another. */
const LOCK_MS = 3_000;
const LOOK_FOR_STALLED_EVERY_MS = 1_000;
/** A job may lose so many processes before it is given up and left to the reconciler. */
const STALLED_MAX = 3;
const RETRY_AFTER_MS = 1_000;

/** The workers of all queues in this process. */
export class QueueWorkers {
  readonly #workers: readonly BullWorker[];
  readonly #outage: Outage;

  constructor(parts: QueueWorkersParts) {
    this.#outage = parts.outage;
    this.#workers = parts.queues.map((queue) => openWorker(queue, parts));
  }

  /**
   * Takes no new jobs, and waits so long for those under way. What isn't finished then is found and done by another.
   * @returns whether all were finished
   */
  async stop(graceMs: number): Promise<boolean> {
    // A backend that is away can't learn that a job is finished.
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

function openWorker(queue: JobQueue, parts: QueueWorkersParts): BullWorker {
  const { backend, outage, handlerOf, observer, log } = parts;
  const failures = new SparseLog(log);
  const process = runJobs({
    queue,
    handler: handlerOf(queue),
    observer,
    onFailure: (error) => failures.log(`A job of ${queue.name} failed: ${String(error)}`),
  });
  const worker = backend.openWorker(queue.name, process, {
    concurrency: queue.concurrency,
    lockDuration: LOCK_MS,
    stalledInterval: LOOK_FOR_STALLED_EVERY_MS,
    maxStalledCount: STALLED_MAX,
    runRetryDelay: RETRY_AFTER_MS,
  });
  // Such a job has ended while its lock was being renewed, or is lost, which its end tells. No fault of the backend's.
  let renewalErrors = 0;
  worker.on('lockRenewalFailed', (jobs) => {
    renewalErrors += jobs.length;
    outage.jobsLost();
  });
  worker.on('error', (error) => {
    // BullMQ tells each of them as an error too, at once.
    if (renewalErrors > 0) renewalErrors -= 1;
    else if (isJobLost(error)) outage.jobsLost();
    else outage.suspect(error);
  });
  return worker;
}

/** The job under way is no longer there, as after the backend was emptied. What it was for has been done, or is found again. */
function isJobLost(error: Error): boolean {
  const code: unknown = 'code' in error ? error.code : null;
  return code === ErrorCode.JobNotExist || code === ErrorCode.JobLockNotExist;
}
