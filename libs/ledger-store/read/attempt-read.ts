import { ConnectionFailed, failureOf, sqlStateOf } from '../engine/failures.ts';
import { LedgerUnavailable } from '../engine/ledger-unavailable.ts';

const STALE_PLAN = '0A000';

/**
 * Runs a read. One that meets a statement prepared before a migration is run again, on a connection that prepares it anew.
 *
 * @throws {LedgerUnavailable} where the database isn't there.
 */
export async function attemptRead<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (sqlStateOf(error) === STALE_PLAN) return read();
    if (isOfTheConnection(error)) throw new LedgerUnavailable('database_unavailable', { cause: error });
    throw error;
  }
}

/** Postgres says so itself, or it was marked where the driver was asked; a fault in our own code is neither. */
function isOfTheConnection(error: unknown): boolean {
  return error instanceof ConnectionFailed || (sqlStateOf(error) !== null && failureOf(error) === 'unreachable');
}
