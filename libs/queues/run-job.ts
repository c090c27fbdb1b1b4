import type { JobIds } from '#background';
import { DelayedError } from 'bullmq';
import type { JobHandler, JobQueue } from './job-queue.ts';
import type { ProcessJob } from './queue-backend.ts';

/** How the run of a job ended: done, to be run again at a time it named, or failed. */
export type JobOutcome = 'done' | 'again' | 'failed';

export interface FinishedJob {
  /** Its name. */
  readonly queue: string;
  readonly outcome: JobOutcome;
  /** How long its handler took. */
  readonly milliseconds: number;
  /** How long after it was added it was begun; null for a job that was begun before, or comes by a schedule. */
  readonly lateMs: number | null;
}

/** Called for each job that a worker has run. */
export interface JobObserver {
  jobFinished(job: FinishedJob): void;
}

interface RunJobOptions {
  readonly queue: JobQueue;
  readonly handler: JobHandler;
  readonly observer: JobObserver;
  readonly onFailure: (error: unknown) => void;
}

/** What BullMQ calls for each job of a queue. */
export function runJobs({ queue, handler, observer, onFailure }: RunJobOptions): ProcessJob {
  return async (job, token) => {
    const begunAt = Date.now();
    const finish = (outcome: JobOutcome): void => {
      const isFirst = job.attemptsStarted <= 1 && queue.everyMs === undefined;
      const lateMs = isFirst ? Math.max(0, begunAt - job.timestamp) : null;
      observer.jobFinished({ queue: queue.name, outcome, milliseconds: Date.now() - begunAt, lateMs });
    };
    let again: number | null;
    try {
      again = await handler(job.data as JobIds);
    } catch (error) {
      finish('failed');
      onFailure(error);
      throw error;
    }
    finish(again === null ? 'done' : 'again');
    if (again === null) return;
    await job.moveToDelayed(again, token);
    // So BullMQ knows that the job isn't done, and is where it belongs already.
    throw new DelayedError();
  };
}
