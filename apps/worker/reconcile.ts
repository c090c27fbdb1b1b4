import type { QueuedChore } from '#background';
import { QueueAway, type Queues } from '#queues';
import { wakeJobs } from './wake-jobs.ts';

export const RECONCILE_EVERY_MS = 30_000;
const DUE_MAX = 5_000;

/**
 * Makes the queues what Postgres says they should be: schedules are there, and whatever is due has a job. So nothing is lost
 * with a queue, only delayed. Of more than can be found at once the rest is woken by the jobs that end, or found next time.
 *
 * @throws what kept a chore's due work from being found; the other chores were looked at nevertheless
 */
export async function reconcile(queues: Queues, chores: readonly QueuedChore[]): Promise<void> {
  if (!(await areSchedulesThere(queues))) return;
  const results = await Promise.allSettled(
    chores.map(async (chore) => wakeJobs(queues, chore, await chore.due(DUE_MAX), { unlessThere: true })),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function areSchedulesThere(queues: Queues): Promise<boolean> {
  try {
    await queues.keepSchedules();
    return true;
  } catch (error) {
    if (error instanceof QueueAway) return false;
    throw error;
  }
}
