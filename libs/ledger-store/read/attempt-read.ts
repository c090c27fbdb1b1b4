import { retry } from '#background';
import { ConnectionFailed, failureOf, sqlStateOf } from '../engine/failures.ts';
import { LedgerUnavailable } from '../engine/ledger-unavailable.ts';

const STALE_PLAN = '0A000';

/** More than a pool of reads has connections. */
const ATTEMPTS_MAX = 10;

/**
 * Runs a read. One that meets a statement prepared before a migration is run again: its connection was closed, and a new one
 * prepares it anew. Until then it may get another of the old connections, but each of them only once.
 *
 * @throws {LedgerUnavailable} where the database isn't there.
 */
export async function attemptRead<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await retry(read, { attemptsMax: ATTEMPTS_MAX, pauseMs: 0, isRetryable: isStalePlan });
  } catch (error) {
    if (isOfTheConnection(error)) throw new LedgerUnavailable('database_unavailable', { cause: error });
    throw error;
  }
}

function isStalePlan(error: unknown): boolean {
  return sqlStateOf(error) === STALE_PLAN;
}

/** Postgres says so itself, or it was marked where the driver was asked; a fault in our own code is neither. */
function isOfTheConnection(error: unknown): boolean {
  return error instanceof ConnectionFailed || (sqlStateOf(error) !== null && failureOf(error) === 'unreachable');
}
