/** What a failed transaction means for the commands in it. */
export type Failure =
  /** Another transaction or the moment was to blame; nothing was changed, and the same batch may pass next time. */
  | 'try_again'
  /** Another transaction kept a lock for longer than we wait; nothing was changed. */
  | 'locked'
  /** The database isn't there; nothing was changed. */
  | 'unreachable'
  /** Something in the batch can't be written; nothing was changed, and its neighbours must not suffer for it. */
  | 'poisoned';

const TRY_AGAIN = new Set([
  '40001', // serialization failure
  '40P01', // deadlock
  '23505', // unique violation: another process made the same account or used the same key first
  '0A000', // a statement was prepared before a migration changed its table; a new connection prepares it anew
]);
/** Under the account's lock only a fault of ours can break these; it would break them again. */
const TOLD_BEFORE = ['alerts_are_sent_once', 'events_are_in_sequence'];
const LOCK_TIMEOUT = '55P03';
/**
 * By SQLSTATE class: connection trouble, a transaction that timed out or may not write, a login or database refused, out of
 * resources, shutting down.
 */
const UNREACHABLE_CLASSES = ['08', '25', '28', '3D', '53', '57', '58'];
/** The database takes no connections at the moment. */
const NOT_ACCEPTING = '55000';

export function failureOf(error: unknown): Failure {
  const state = sqlStateOf(error);
  // The driver's own errors (a socket closed, no connection in time) carry no SQLSTATE; ours and Node's system errors neither.
  if (state === null) return error instanceof ConnectionFailed ? 'unreachable' : 'poisoned';
  if (state === LOCK_TIMEOUT) return 'locked';
  if (TOLD_BEFORE.includes(constraintOf(error) ?? '')) return 'poisoned';
  if (TRY_AGAIN.has(state)) return 'try_again';
  return state === NOT_ACCEPTING || UNREACHABLE_CLASSES.includes(state.slice(0, 2)) ? 'unreachable' : 'poisoned';
}

/** The five characters with which Postgres itself reported an error, so that the statement is known to have failed. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** The constraint that refused what was written; `null` where it was something else. */
export function constraintOf(error: unknown): string | null {
  if (sqlStateOf(error) === null || !(error instanceof Error) || !('constraint' in error)) return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}

/** Marks what went wrong between us and the database, to tell it from a fault in a decision. */
export class ConnectionFailed extends Error {
  constructor(cause: unknown) {
    super('the connection to the database failed', { cause });
    this.name = 'ConnectionFailed';
  }
}

/** Waits for the driver: what it reports without a SQLSTATE is trouble with the connection. */
export async function ofConnection<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw sqlStateOf(error) === null ? new ConnectionFailed(error) : error;
  }
}
