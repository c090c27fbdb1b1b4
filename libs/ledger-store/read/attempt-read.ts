import { failureOf, sqlStateOf } from '../engine/failures.ts';
import { LedgerUnavailable } from '../engine/ledger-unavailable.ts';

const PROGRAMMING_ERRORS = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'];
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

/** Postgres says so itself, or the driver or Node does; a fault in our own code is neither. */
function isOfTheConnection(error: unknown): boolean {
  if (sqlStateOf(error) !== null) return failureOf(error) === 'unreachable';
  return Error.isError(error) && !PROGRAMMING_ERRORS.includes(error.name);
}
