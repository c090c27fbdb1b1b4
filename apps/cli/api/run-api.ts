import type { SharedConfig } from '#config';
import { listen } from '../start/listen.ts';
import { processLogger } from '../start/process-logger.ts';
import { refuseUnmigrated } from '../start/refuse-unmigrated.ts';
import { StopRequest } from '../start/stop-request.ts';
import { warnOfUnknownVariables } from '../start/warn-of-unknown-variables.ts';

/**
 * Answers requests until SIGINT or SIGTERM, and does nothing else: the database was migrated, and maintenance is a worker's.
 * @throws DatabaseError or StartError where it can't start.
 */
export async function runApi(config: SharedConfig): Promise<void> {
  const logger = processLogger(config);
  warnOfUnknownVariables((line) => logger.warn(line));
  const stop = new StopRequest(config);
  await refuseUnmigrated(config.databaseUrl, print);
  if (stop.isRequested) return;
  const api = await listen({ config, databaseUrl: config.databaseUrl, logger });
  print(`ready on ${api.url}`);
  await stop.requested;
  await api.close();
}

function print(line: string): void {
  console.log(line);
}
