import type { Config } from '#config';
import { connect, migrate, openDatabase, type OpenDatabase } from '#database';
import { listen } from './listen.ts';
import { printAdminKeys } from './print-admin-keys.ts';
import { startHousekeeping } from './start-housekeeping.ts';
import { StopRequest } from './stop-request.ts';

/** For what the service does beside requests; the API opens its own connections. */
const CONNECTIONS_MAX = 2;

/**
 * Runs everything in this process until SIGINT or SIGTERM, then stops it in order: no new requests, the ones under way
 * finished, connections closed, the embedded Postgres shut down.
 * @throws DatabaseError or StartError where it can't start, or has lost its database for good.
 */
export async function runService(config: Config): Promise<void> {
  const stop = new StopRequest();
  await using cleanUp = new AsyncDisposableStack();

  const database = await openDatabase(config, { log: print });
  cleanUp.defer(() => database.stop());
  print(`data in ${placeOf(database, config)}`);
  const pool = connect(database.url, { connectionsMax: CONNECTIONS_MAX, log: print });
  cleanUp.defer(() => pool.end());
  await migrate(pool, { log: print });
  await printAdminKeys(pool, { adminKeys: config.adminKeys, print });
  const housekeeping = startHousekeeping(pool, { idempotencyDays: config.idempotencyDays, log: print });
  cleanUp.defer(() => housekeeping.stop());
  if (stop.isRequested) return;

  const api = await listen({ config, databaseUrl: database.url, log: print });
  cleanUp.defer(() => api.close());
  await database.announce(api.url);
  print(`ready on ${api.url}`);

  const lost = await Promise.race([stop.requested, database.lost]);
  if (lost instanceof Error) throw lost;
}

function placeOf(database: OpenDatabase, { dataDir }: Config): string {
  if (database.kind === 'embedded') return dataDir;
  const { host, pathname } = new URL(database.url);
  return `the Postgres at ${host}${pathname}`;
}

function print(line: string): void {
  console.log(line);
}
