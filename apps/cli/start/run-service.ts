import type { Config, WebhookConfig } from '#config';
import { connect, migrate, openDatabase, type OpenDatabase } from '#database';
import { openLedger } from '#ledger-store';
import { migrateQueues } from '#queues';
import { followCommitSubscriptions, keptSecretsKey } from '#webhook-store';
import { startWorker, type WorkerOptions } from '../../worker/start-worker.ts';
import { checkAddress, listen } from './listen.ts';
import { printAdminKeys } from './print-admin-keys.ts';
import { processLogger } from './process-logger.ts';
import { StopRequest } from './stop-request.ts';
import { warnOfUnknownVariables } from './warn-of-unknown-variables.ts';

/**
 * Runs everything in this process until SIGINT or SIGTERM, then stops it in order: no new requests, the ones under way
 * finished, then the jobs, connections closed, the embedded Postgres shut down.
 * @throws DatabaseError or StartError where it can't start, or has lost its database for good.
 */
export async function runService(config: Config): Promise<void> {
  const logger = processLogger(config);
  let isReady = false;
  // While it starts, the operator is looking on.
  const log = (line: string): void => (isReady ? logger.warn(line) : print(line));
  warnOfUnknownVariables((line) => logger.warn(line));
  const stop = new StopRequest({ drainSeconds: config.drainSeconds });
  await using cleanUp = new AsyncDisposableStack();

  const database = await openDatabase(config, { log });
  cleanUp.defer(() => database.stop());
  await checkAddress(config);
  print(`data in ${placeOf(database, config)}`);
  await prepare(database, config, log);
  if (stop.isRequested) return;

  const settings = { ...config, webhooks: await webhooksOf(config, database) };
  const workerLog: WorkerOptions['log'] = {
    info: (fields, line) => logger.info(fields, line),
    warn: log,
    error: (line) => logger.error(line),
  };
  const { url: databaseUrl } = database;
  const { openHoldsMax } = config;
  const ledger = cleanUp.use(
    await openLedger({ databaseUrl, openHoldsMax, followSubscriptions: followCommitSubscriptions, log }),
  );
  const worker = await startWorker({ config: settings, databaseUrl, ledger, log: workerLog });
  cleanUp.defer(() => worker.close());
  const api = await listen({
    config: settings,
    databaseUrl,
    ledger,
    logger,
    alsoMeasured: [worker.registry],
  });
  cleanUp.defer(() => api.close());
  await database.announce(api.url);
  print(`ready on ${api.url} (documentation: ${api.url}/docs)`);
  isReady = true;

  const lost = await Promise.race([stop.requested, database.lost]);
  if (lost instanceof Error) throw lost;
}

/** Brings the database to this version's schema, with its admin keys. */
async function prepare(
  { url }: OpenDatabase,
  { redisUrl, adminKeys }: Config,
  log: (line: string) => void,
): Promise<void> {
  const pool = connect(url, { connectionsMax: 1, log });
  try {
    await migrate(pool, { log: print });
    if (redisUrl === null) await migrateQueues(pool);
    await printAdminKeys(pool, { adminKeys, print });
  } finally {
    await pool.end();
  }
}

/** A service that keeps its own data keeps the key of its secrets beside it; one with a database elsewhere is given it. */
async function webhooksOf({ webhooks, dataDir }: Config, { kind, fileOwner }: OpenDatabase): Promise<WebhookConfig> {
  if (kind === 'external' || webhooks.secretsKeys.length > 0) return webhooks;
  return { ...webhooks, secretsKeys: [await keptSecretsKey(dataDir, fileOwner)] };
}

function placeOf(database: OpenDatabase, { dataDir }: Config): string {
  if (database.kind === 'embedded') return dataDir;
  const { host, pathname } = new URL(database.url);
  return `the Postgres at ${host}${pathname}`;
}

/** For the person who has started it; the log is for those who run it. */
function print(line: string): void {
  console.log(line);
}
