import { bootstrapKeys } from '#access';
import type { Config, WebhookConfig } from '#config';
import { connect, migrate, openDatabase, type OpenDatabase, type Pool } from '#database';
import { keptSecretsKey } from '#webhook-store';
import { startApi, type RunningApi } from '../../api/start-api.ts';
import { StartError } from './start-error.ts';
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
  await printAdminKeys(pool, config);
  const webhooks = await webhooksOf(config, database);
  const { idempotencyDays } = config;
  const { secretsKeys } = webhooks;
  const housekeeping = startHousekeeping(pool, { secretsKeys, idempotencyDays, log: print });
  cleanUp.defer(() => housekeeping.stop());
  if (stop.isRequested) return;

  const api = await listen({ ...config, webhooks }, database.url);
  cleanUp.defer(() => api.close());
  await database.announce(api.url);
  print(`ready on ${api.url}`);

  const lost = await Promise.race([stop.requested, database.lost]);
  if (lost instanceof Error) throw lost;
}

/** A service that keeps its own data keeps the key of its secrets beside it; one with a database elsewhere is given it. */
async function webhooksOf({ webhooks, dataDir }: Config, { kind }: OpenDatabase): Promise<WebhookConfig> {
  if (kind === 'external' || webhooks.secretsKeys.length > 0) return webhooks;
  return { ...webhooks, secretsKeys: [await keptSecretsKey(dataDir)] };
}

async function printAdminKeys(pool: Pool, { adminKeys }: Config): Promise<void> {
  for (const { environment, key } of await bootstrapKeys(pool, adminKeys)) {
    print(`admin key (${environment}): ${tellAdminKey(environment, key, adminKeys)}`);
  }
}

const KEY_VARIABLES: Readonly<Record<string, string>> = { live: 'PURSER_ADMIN_KEY', test: 'PURSER_TEST_ADMIN_KEY' };

function tellAdminKey(environment: string, made: string | null, given: Readonly<Record<string, string>>): string {
  if (made !== null) return `${made}  shown only once: keep it`;
  const variable = KEY_VARIABLES[environment];
  return environment in given ? `the one in ${variable}` : `set at first start (${variable} replaces it)`;
}

async function listen(config: Config, databaseUrl: string): Promise<RunningApi> {
  try {
    return await startApi({ config, databaseUrl, log: print });
  } catch (error) {
    const advice = listenAdvice(error, config);
    throw advice === null ? error : new StartError(advice, { cause: error });
  }
}

function listenAdvice(error: unknown, { host, port }: Config): string | null {
  const another = `choose another port, e.g. PORT=${port === 65_535 ? 3000 : port + 1} (PORT=0 takes any free one)`;
  switch (typeof error === 'object' && error !== null && 'code' in error ? error.code : null) {
    case 'EADDRINUSE':
      return `Port ${port} on ${host} is taken by another program. Stop that program, or ${another}.`;
    case 'EACCES':
      return `This user may not listen on port ${port}: ports below 1024 are reserved. Instead ${another}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST=${host} is no address of this machine. Use HOST=127.0.0.1, or HOST=0.0.0.0 for all its addresses.`;
    default:
      return null;
  }
}

function placeOf(database: OpenDatabase, { dataDir }: Config): string {
  if (database.kind === 'embedded') return dataDir;
  const { host, pathname } = new URL(database.url);
  return `the Postgres at ${host}${pathname}`;
}

function print(line: string): void {
  console.log(line);
}
