import type { JobHandler, JobQueue } from '../index.ts';

/** One queue whose jobs are added, and one whose jobs come by a schedule. */
export const TEST_QUEUES: readonly JobQueue[] = [
  { name: 'deliver_webhook', concurrency: 64, attempts: 3, idOf: ({ delivery = '' }) => delivery },
  { name: 'sweep_accounts', concurrency: 1, attempts: 1, everyMs: 1_000 },
];

/** Handlers by the names of their queues; jobs of the others are done at once. */
export function handlersFrom(handlers: Readonly<Record<string, JobHandler>>): (queue: JobQueue) => JobHandler {
  return ({ name }) => handlers[name] ?? (() => Promise.resolve(null));
}
