import { createPostgresBackend, Queue, Worker, type PostgresConnectionOptions } from 'bullmq';
import { QUEUE_SCHEMA } from './migrate-queues.ts';
import type { OwnWorkerOptions, QueueBackend } from './queue-backend.ts';

const QUEUE_CONNECTIONS_MAX = 1;
/** So many jobs at once share a connection of their worker, which needs it only to take them and to end them. */
const JOBS_PER_CONNECTION = 16;
const CONNECT_MS_MAX = 5_000;
const ANSWER_MS_MAX = 15_000;

/**
 * BullMQ on Postgres, in a schema of its own: nothing to set up. It needs a direct connection, because LISTEN doesn't pass
 * through a pooler that lends connections per transaction.
 */
export function openPostgresBackend(databaseUrl: string): QueueBackend {
  const connection = (max: number): PostgresConnectionOptions => ({
    connectionString: databaseUrl,
    schema: QUEUE_SCHEMA,
    application_name: 'purser',
    max,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: ANSWER_MS_MAX,
    // A job that a crash of the server swallows is found again like any other lost one, so none waits for the disk.
    options: '-c role=purser_app -c synchronous_commit=off',
  });
  return {
    name: 'Postgres',
    openQueue: (name, options) =>
      new Queue(name, { ...options, connection: connection(QUEUE_CONNECTIONS_MAX) }, createPostgresBackend),
    openWorker: (name, process, options) =>
      new Worker(name, process, { ...options, connection: connection(connectionsOf(options)) }, createPostgresBackend),
    close: () => undefined,
  };
}

function connectionsOf({ concurrency = 1 }: OwnWorkerOptions): number {
  return Math.ceil(concurrency / JOBS_PER_CONNECTION);
}
