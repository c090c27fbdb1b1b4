import type { SharedConfig } from '#config';
import { checkMigrated, connect } from '#database';
import { startHousekeeping } from '../start/start-housekeeping.ts';
import { processLogger } from '../start/process-logger.ts';
import { StopRequest } from '../start/stop-request.ts';

/**
 * Keeps house until SIGINT or SIGTERM: makes partitions ahead of time and drops old idempotency keys. No decision waits for
 * it, and several of them do each other no harm.
 * @throws DatabaseError where it can't start.
 */
export async function runWorker(config: SharedConfig): Promise<void> {
  const { databaseUrl, idempotencyDays, webhooks } = config;
  const logger = processLogger(config);
  const stop = new StopRequest(config);
  await using cleanUp = new AsyncDisposableStack();
  const pool = connect(databaseUrl, { connectionsMax: 1, log: (line) => logger.warn(line) });
  cleanUp.defer(() => pool.end());
  await checkMigrated(pool);
  const housekeeping = startHousekeeping(pool, { secretsKeys: webhooks.secretsKeys, idempotencyDays, logger });
  cleanUp.defer(() => housekeeping.stop());
  print('working');
  await stop.requested;
}

function print(line: string): void {
  console.log(line);
}
