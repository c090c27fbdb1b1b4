import type { Config } from '#config';
import { openPorts } from './open-ports.ts';
import { startWork, type RunningWorker, type WorkOptions } from './start-work.ts';

export type { RunningWorker } from './start-work.ts';

export interface WorkerOptions extends Pick<WorkOptions, 'listenOn' | 'log'> {
  readonly config: Pick<Config, 'redisUrl' | 'webhooks' | 'expiryNoticeDays'>;
  readonly databaseUrl: string;
}

/**
 * Starts a worker on a migrated database. Several may run; a Redis that is away is waited for.
 * @throws DatabaseError where the Postgres can't be used
 * @throws Error where it can't listen
 */
export async function startWorker({ config, databaseUrl, log, ...rest }: WorkerOptions): Promise<RunningWorker> {
  const { redisUrl, webhooks, expiryNoticeDays } = config;
  await using opening = new AsyncDisposableStack();
  const { ports } = opening.use(await openPorts({ databaseUrl, webhooks, expiryNoticeDays, log }));
  const queuePlace = redisUrl === null ? { databaseUrl } : { redisUrl };
  const worker = await startWork({ ports, queuePlace, log, ...rest });
  const opened = opening.move();
  return {
    ...worker,
    close: async () => {
      await worker.close();
      await opened.disposeAsync();
    },
  };
}
