import type { Config } from '#config';
import { openChores } from './open-chores.ts';
import { startWork, type RunningWorker, type WorkOptions } from './start-work.ts';

export type { RunningWorker } from './start-work.ts';

export interface WorkerOptions extends Pick<WorkOptions, 'listenOn' | 'log'> {
  readonly config: Pick<Config, 'redisUrl' | 'webhooks' | 'expiryNoticeDays' | 'idempotencyDays'>;
  readonly databaseUrl: string;
}

/**
 * Starts a worker on a migrated database, whose URL is of the tables' owner. Several may run; a Redis that is away is waited for.
 * @throws DatabaseError where the Postgres can't be used
 * @throws Error where it can't listen
 */
export async function startWorker({ config, databaseUrl, log, ...rest }: WorkerOptions): Promise<RunningWorker> {
  const { redisUrl } = config;
  await using opening = new AsyncDisposableStack();
  const { chores } = opening.use(await openChores({ databaseUrl, config, log }));
  const queuePlace = redisUrl === null ? { databaseUrl } : { redisUrl };
  const worker = await startWork({ chores, queuePlace, log, ...rest });
  const opened = opening.move();
  return {
    ...worker,
    close: async () => {
      await worker.close();
      await opened.disposeAsync();
    },
  };
}
