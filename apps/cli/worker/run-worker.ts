import type { SharedConfig } from '#config';
import { checkMigrated, connect } from '#database';
import { startWorker, type RunningWorker } from '../../worker/start-worker.ts';
import { listenAdvice } from '../start/listen.ts';
import { StartError } from '../start/start-error.ts';
import { startHousekeeping } from '../start/start-housekeeping.ts';
import { processLogger } from '../start/process-logger.ts';
import { StopRequest } from '../start/stop-request.ts';

/**
 * Does what nobody waits for until SIGINT or SIGTERM: relays events and delivers them, books what has expired, and keeps
 * house. No decision waits for it, and several of them do each other no harm.
 * @throws DatabaseError or StartError where it can't start.
 */
export async function runWorker(config: SharedConfig): Promise<void> {
  const { databaseUrl, idempotencyDays, webhooks } = config;
  const logger = processLogger(config);
  const log = (line: string): void => logger.warn(line);
  const stop = new StopRequest(config);
  await using cleanUp = new AsyncDisposableStack();
  const pool = connect(databaseUrl, { connectionsMax: 1, log });
  cleanUp.defer(() => pool.end());
  await checkMigrated(pool);
  const housekeeping = startHousekeeping(pool, { secretsKeys: webhooks.secretsKeys, idempotencyDays, logger });
  cleanUp.defer(() => housekeeping.stop());
  const worker = await start(config, log);
  cleanUp.defer(() => worker.close());
  print('working');
  if (worker.port !== null) print(`health and metrics on port ${String(worker.port)}`);
  await stop.requested;
}

async function start(config: SharedConfig, log: (line: string) => void): Promise<RunningWorker> {
  const { databaseUrl, host, workerPort: port } = config;
  if (port === null) return startWorker({ config, databaseUrl, log });
  try {
    return await startWorker({ config, databaseUrl, listenOn: { host, port }, log });
  } catch (error) {
    const advice = listenAdvice(error, { host, port, variable: 'PURSER_WORKER_PORT' });
    throw advice === null ? error : new StartError(advice, { cause: error });
  }
}

function print(line: string): void {
  console.log(line);
}
