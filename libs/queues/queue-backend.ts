import type { Queue, QueueOptions, Worker, WorkerOptions } from 'bullmq';

/** Where jobs are kept. */
export type QueuePlace = { readonly redisUrl: string } | { readonly databaseUrl: string };

/** What this library needs of a BullMQ queue, whatever it stands on. */
export type BullQueue = Pick<Queue, 'addBulk' | 'getJobCounts' | 'upsertJobScheduler' | 'waitUntilReady' | 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
};

/** What this library needs of a BullMQ worker. */
export type BullWorker = Pick<Worker, 'close'> & {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (jobIds: readonly string[]) => void): unknown;
};

/** BullMQ on one of the places it can stand on. */
export interface QueueBackend {
  /** What it is, for messages. */
  readonly name: 'Redis' | 'Postgres';
  openQueue(name: string, options: OwnQueueOptions): BullQueue;
  openWorker(name: string, process: ProcessJob, options: OwnWorkerOptions): BullWorker;
  /** Cuts the connections that queues and workers share, after these are closed. */
  close(): void;
}

export type OwnQueueOptions = Omit<QueueOptions, 'connection'>;
export type OwnWorkerOptions = Omit<WorkerOptions, 'connection'>;
export type ProcessJob = (job: BullJob, token: string | undefined) => Promise<void>;

/** What this library needs of a BullMQ job. */
export interface BullJob {
  readonly data: unknown;
  readonly attemptsStarted: number;
  /** When it was added, in milliseconds since 1970. */
  readonly timestamp: number;
  moveToDelayed(timestamp: number, token?: string): Promise<void>;
}
