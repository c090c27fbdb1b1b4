import { connect } from './connect.ts';
import { DatabaseError } from './database-error.ts';

/** One of our own, which changes nothing. */
const PROBE = 'purser.settings_arrive';
/** How PgBouncer refuses settings that it doesn't know. */
const PROTOCOL_VIOLATION = '08P01';

/**
 * Connections are opened with settings that limit what they may do, and for how long they wait. A pooler in between may
 * refuse the settings, or leave them out without a word; then requests would run with all that the login role may do.
 * @throws DatabaseError where one does.
 */
export async function checkSettings(databaseUrl: string, { log }: { log: (line: string) => void }): Promise<void> {
  const pool = connect(databaseUrl, { connectionsMax: 1, settings: { [PROBE]: 'yes' }, log });
  try {
    const { rows } = await pool.query<{ value: string | null }>(`select current_setting($1, true) as value`, [PROBE]);
    if (rows[0]?.value !== 'yes') throw new DatabaseError(ADVICE);
  } catch (error) {
    throw isProtocolViolation(error) ? new DatabaseError(ADVICE, { cause: error }) : error;
  } finally {
    await pool.end();
  }
}

const ADVICE =
  'The settings of a connection don’t reach Postgres: a pooler stands in between, such as PgBouncer, that refuses or ignores ' +
  'the startup parameter “options”. Let DATABASE_URL lead to Postgres itself.';

function isProtocolViolation(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === PROTOCOL_VIOLATION;
}
