import { createRedisBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { QueueBackend } from './queue-backend.ts';

/** So that a Redis that others use too keeps our keys apart. */
const PREFIX = 'purser';
const CONNECT_MS_MAX = 5_000;
const RETRY_MS_MAX = 1_000;
/** A blocking read waits for at most ten seconds, so a connection that is silent for longer is dead. */
const SILENCE_MS_MAX = 30_000;

/** BullMQ on Redis: the way to run it in production. Nothing waits for Redis to be there. */
export function openRedisBackend(redisUrl: string, onError: (error: Error) => void): QueueBackend {
  // BullMQ copies this connection, with its terms, for the worker's blocking reads. They are repeated until they succeed;
  // for adding jobs there is a limit of our own.
  const connection = new Redis(redisUrl, {
    connectionName: 'purser',
    connectTimeout: CONNECT_MS_MAX,
    socketTimeout: SILENCE_MS_MAX,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => Math.min(attempt * 100, RETRY_MS_MAX),
  });
  connection.on('error', onError);
  return {
    name: 'Redis',
    openQueue: (name, options) => new Queue(name, { ...options, connection, prefix: PREFIX }, createRedisBackend),
    openWorker: (name, process, options) =>
      new Worker(name, process, { ...options, connection, prefix: PREFIX }, createRedisBackend),
    close: () => connection.disconnect(),
  };
}
