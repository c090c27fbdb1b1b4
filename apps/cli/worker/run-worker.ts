import type { SharedConfig } from '#config';
import { checkMigrated, connect } from '#database';
import { startHousekeeping } from '../start/start-housekeeping.ts';
import { StopRequest } from '../start/stop-request.ts';

/**
 * Keeps house until SIGINT or SIGTERM: makes partitions ahead of time and drops old idempotency keys. No decision waits for
 * it, and several of them do each other no harm.
 * @throws DatabaseError where it can't start.
 */
export async function runWorker({ databaseUrl, idempotencyDays }: SharedConfig): Promise<void> {
  const stop = new StopRequest();
  await using cleanUp = new AsyncDisposableStack();
  const pool = connect(databaseUrl, { connectionsMax: 1, log: print });
  cleanUp.defer(() => pool.end());
  await checkMigrated(pool);
  const housekeeping = startHousekeeping(pool, { idempotencyDays, log: print });
  cleanUp.defer(() => housekeeping.stop());
  print('working');
  await stop.requested;
}

function print(line: string): void {
  console.log(line);
}
