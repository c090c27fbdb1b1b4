import { Pool } from 'pg';

export type { Pool, PoolClient } from 'pg';

export interface ConnectOptions {
  /** The most connections the pool opens. */
  readonly connectionsMax?: number;
  /**
   * Sends the statements of a checked-out client without waiting for the answers to earlier ones. A failed statement then
   * doesn't keep the ones behind it from being sent, so use it inside transactions only, on a pool of its own.
   */
  readonly pipeline?: boolean;
  /** Postgres settings of every session of the pool, e.g. `{ lock_timeout: '5s' }`. */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * How long a statement may go unanswered before its connection is given up, as when the server's host has vanished:
   * TCP itself would wait for many minutes. For ever where it isn't given.
   */
  readonly answerTimeoutMs?: number;
  /** Receives a line when a connection is lost. */
  readonly log: (line: string) => void;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * A pool of connections to the Postgres at `url`; nothing is opened before it is needed. BIGINT and NUMERIC arrive as
 * strings, so no amount passes through a float, TIMESTAMPTZ as Date.
 */
export function connect(
  url: string,
  { connectionsMax = 10, pipeline = false, settings = {}, answerTimeoutMs, log }: ConnectOptions,
): Pool {
  const pool = new Pool({
    connectionString: url,
    application_name: 'purser',
    max: connectionsMax,
    pipeline,
    ...(answerTimeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs }),
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A connection that dies while nobody waits for an answer raises an 'error' event, on the pool if idle and on the client
  // if checked out. Without listeners that would end the process; with them the pool drops the client, and whoever holds it
  // gets an error from the next statement.
  pool.on('error', (error) => {
    // A pool that has ended doesn't wait for its connections to close, so a server that stops next may be the one to do it.
    if (!pool.ending) log(`Lost an idle database connection: ${error.message}`);
  });
  pool.on('connect', (client) => client.on('error', ignoreReportedElsewhere));
  return pool;
}

/** The client's holder learns of a lost connection by the statement that fails, the operator by the pool's own event. */
function ignoreReportedElsewhere(): void {}
