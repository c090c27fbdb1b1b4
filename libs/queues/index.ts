export type { JobHandler, JobQueue } from './job-queue.ts';
export { migrateQueues } from './migrate-queues.ts';
export type { QueuePlace } from './queue-backend.ts';
export type { QueueWorkers } from './queue-workers.ts';
export { QueueAway, Queues, type QueueCounts } from './queues.ts';
export type { FinishedJob, JobObserver, JobOutcome } from './run-job.ts';
