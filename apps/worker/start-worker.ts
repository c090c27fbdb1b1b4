import type { Config } from '#config';
import { openLedger, type Ledger } from '#ledger-store';
import { openChores } from './open-chores.ts';
import { startWork, type RunningWorker, type WorkOptions } from './start-work.ts';

export type { RunningWorker } from './start-work.ts';

export interface WorkerOptions extends Pick<WorkOptions, 'listenOn' | 'log'> {
  readonly config: Pick<Config, 'redisUrl' | 'webhooks' | 'stripe' | 'expiryNoticeDays' | 'idempotencyDays'>;
  readonly databaseUrl: string;
  /** The ledger of this process, which isn't closed with the worker; one of its own where it isn't given. */
  readonly ledger?: Pick<Ledger, 'engine'>;
}

/**
 * Starts a worker on a migrated database, whose URL is of the tables' owner. Several may run; a Redis that is away is waited for.
 * @throws DatabaseError where the Postgres can't be used
 * @throws Error where it can't listen
 */
export async function startWorker({
  config,
  databaseUrl,
  log,
  ledger: given,
  ...rest
}: WorkerOptions): Promise<RunningWorker> {
  const { redisUrl } = config;
  await using opening = new AsyncDisposableStack();
  // A worker makes no authorizations, so no bound on their number concerns it.
  const own = { databaseUrl, openHoldsMax: 0, log: (line: string) => log.warn(line) };
  const ledger = given ?? opening.use(await openLedger(own));
  const { chores } = opening.use(await openChores({ databaseUrl, ledger, config, log }));
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
