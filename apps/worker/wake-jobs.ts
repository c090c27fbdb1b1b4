import type { JobIds, QueuedChore, WakeOptions } from '#background';
import { QueueAway, type Queues } from '#queues';

/** Has jobs run soon; where the queues are away, the reconciler finds what is due when they are back. */
export async function wakeJobs(
  queues: Queues,
  { name }: Pick<QueuedChore, 'name'>,
  jobs: readonly JobIds[],
  options: WakeOptions = {},
): Promise<void> {
  if (jobs.length === 0) return;
  try {
    await queues.add(name, jobs, options);
  } catch (error) {
    // That the queues are away was logged already.
    if (!(error instanceof QueueAway)) throw error;
  }
}
