import type { Pool } from 'pg';
import { DatabaseError } from './database-error.ts';
import { reasonOf } from './reason-of.ts';

const OLDEST_MAJOR_VERSION = 15;

/** @throws DatabaseError where the server can't be reached, refuses us or is too old. */
export async function checkServer(pool: Pool): Promise<void> {
  const { rows } = await pool
    .query<{ server_version: string; server_version_num: string }>(
      `select current_setting('server_version') as server_version,
              current_setting('server_version_num') as server_version_num`,
    )
    .catch((error: unknown) => {
      throw new DatabaseError(`Can't use the Postgres at ${addressOf(pool)}: ${reasonOf(error)}. Check DATABASE_URL.`, {
        cause: error,
      });
    });
  const [version] = rows;
  // server_version_num is the major version followed by four digits, e.g. 150004.
  if (Number(version?.server_version_num) >= OLDEST_MAJOR_VERSION * 10_000) return;
  throw new DatabaseError(
    `Purser needs Postgres ${OLDEST_MAJOR_VERSION} or newer; the one at ${addressOf(pool)} is ${version?.server_version}. ` +
      `Upgrade it, or point DATABASE_URL to another one.`,
  );
}

/** Where the pool connects to, without the password. */
function addressOf(pool: Pool): string {
  const url = new URL(pool.options.connectionString ?? '');
  return `${url.host || 'the local socket'}${url.pathname}`;
}
