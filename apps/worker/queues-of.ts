import type { Chore } from '#background';
import type { JobQueue } from '#queues';

/** The queues of the chores that have one. */
export function queuesOf(chores: readonly Chore[]): readonly JobQueue[] {
  return chores.flatMap((chore): JobQueue[] => {
    if (chore.kind === 'queued') return [chore];
    const { schedule } = chore;
    // A job that failed isn't run again: the next one comes soon.
    return schedule ? [{ name: schedule.queue, everyMs: schedule.everyMs, concurrency: 1, attempts: 1 }] : [];
  });
}
