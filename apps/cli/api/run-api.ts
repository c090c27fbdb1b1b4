import type { SharedConfig } from '#config';
import { checkMigrated, connect } from '#database';
import { listen } from '../start/listen.ts';
import { processLogger } from '../start/process-logger.ts';
import { StopRequest } from '../start/stop-request.ts';

/**
 * Answers requests until SIGINT or SIGTERM, and does nothing else: the database was migrated, and housekeeping is a worker's.
 * @throws DatabaseError or StartError where it can't start.
 */
export async function runApi(config: SharedConfig): Promise<void> {
  const logger = processLogger(config);
  const stop = new StopRequest(config);
  await refuseUnmigrated(config.databaseUrl);
  if (stop.isRequested) return;
  const api = await listen({ config, databaseUrl: config.databaseUrl, logger });
  print(`ready on ${api.url}`);
  await stop.requested;
  await api.close();
}

async function refuseUnmigrated(databaseUrl: string): Promise<void> {
  const pool = connect(databaseUrl, { connectionsMax: 1, log: print });
  try {
    await checkMigrated(pool);
  } finally {
    await pool.end();
  }
}

function print(line: string): void {
  console.log(line);
}
