import type { JobIds } from '#background';

/**
 * A queue and how it is worked. What is to be done stands in Postgres, so a job is a wake-up call that may come late, twice or
 * never: whoever handles it looks at the state first, and the reconciler finds what nobody was woken for.
 */
export interface JobQueue {
  readonly name: string;
  /** Jobs of this queue that one process handles at the same time. */
  readonly concurrency: number;
  /** How often a job that failed is run before it is given up and left to the reconciler. */
  readonly attempts: number;
  /**
   * What identifies a job that is added unless it is there. No ":" may be in it, and not only digits, which BullMQ keeps for
   * itself. A queue without it has jobs that are all alike.
   */
  idOf?(payload: JobIds): string;
  /** The queue's jobs are made by a schedule, one every so often for all workers together. */
  readonly everyMs?: number;
}

/**
 * Does what a job is for.
 * @returns when the same job should run again, in milliseconds since 1970; null where it is done
 */
export type JobHandler = (payload: JobIds) => Promise<number | null>;

/** A queue can't be worked as it was declared. */
class QueueError extends Error {
  override readonly name = 'QueueError';
}

/** @throws QueueError where two queues have one name: the jobs of either would go to the handler of the other */
export function refuseSameNames(queues: readonly JobQueue[]): void {
  const names = queues.map(({ name }) => name);
  const twice = names.filter((name, index) => names.indexOf(name) < index);
  if (twice.length > 0)
    throw new QueueError(`Every queue needs a name of its own: ${twice.join(', ')} is there twice.`);
}
