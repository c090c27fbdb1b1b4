import type { SharedConfig } from '#config';
import { startWorker, type RunningWorker } from '../../worker/start-worker.ts';
import { listenAdvice } from '../start/listen.ts';
import type { Logger } from '#logging';
import { processLogger } from '../start/process-logger.ts';
import { refuseUnmigrated } from '../start/refuse-unmigrated.ts';
import { StartError } from '../start/start-error.ts';
import { StopRequest } from '../start/stop-request.ts';
import { warnOfUnknownVariables } from '../start/warn-of-unknown-variables.ts';

/**
 * Does what nobody waits for until SIGINT or SIGTERM: relays events and delivers them, books what has expired, and maintains
 * the tables. No decision waits for it, and several of them do each other no harm.
 * @throws DatabaseError or StartError where it can't start.
 */
export async function runWorker(config: SharedConfig): Promise<void> {
  const logger = processLogger(config);
  warnOfUnknownVariables((line) => logger.warn(line));
  const stop = new StopRequest(config);
  await refuseUnmigrated(config.databaseUrl, (line) => logger.warn(line));
  const worker = await start(config, logger);
  print('working');
  if (worker.port !== null) print(`health and metrics on port ${String(worker.port)}`);
  await stop.requested;
  await worker.close();
}

async function start(config: SharedConfig, log: Logger): Promise<RunningWorker> {
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
