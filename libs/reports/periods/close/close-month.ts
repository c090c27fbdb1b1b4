import { retry } from '#background';
import type { JsonObject } from '#amounts';
import type { Pool } from '#database';
import type { Actor, Engine } from '#ledger-store';
import { sealJournal } from '../chain/seal-journal.ts';
import type { CloseStep } from '../period.ts';
import { bookWhatIsDue } from './book-what-is-due.ts';
import type { MonthToClose, ReportToClose } from './report-to-close.ts';
import { BooksDiffer, sealMonth } from './seal-month.ts';

/** What a close works with. */
export interface CloseWork {
  readonly engine: Pick<Engine, 'submit'>;
  /** With the rights of requests, and time: a statement may take seconds. */
  readonly pool: Pool;
  /** Rolls up all of an environment's journal. */
  readonly rollUp: (environment: string) => Promise<void>;
  readonly reports: readonly ReportToClose[];
}

export interface CloseOrder {
  readonly month: MonthToClose;
  readonly actor: Actor;
  readonly settings: JsonObject;
  /** Ends the close where it stands, as a crash would: whoever closes the month again goes on from there. */
  readonly stopping: AbortSignal;
}

/** Another transaction was in the way. */
const TRANSIENT = new Set(['40001', '40P01', '23505']);
const ATTEMPTS_MAX = 5;

/**
 * Closes a month that is marked as being closed. Each step finds what is left to do, so whoever calls it again after a crash goes on
 * from there, and two at once come to the same.
 *
 * @throws {BooksDiffer} with what is wrong; the month remains one that is being closed
 */
export async function closeMonth(work: CloseWork, order: CloseOrder): Promise<void> {
  const { pool } = work;
  const { month, stopping } = order;
  const { environment } = month;
  const progress = (step: CloseStep, done = 0, total = 0): Promise<void> => {
    stopping.throwIfAborted();
    return note(pool, month, { step, done, total });
  };
  await progress('sweeping');
  const left = await bookWhatIsDue(work, month, (accounts) => progress('sweeping', 0, accounts));
  if (left > 0) throw new BooksDiffer(`What is due of ${String(left)} accounts could not be booked.`);
  await progress('chaining');
  await sealJournal(pool, environment, (accounts) => progress('chaining', accounts));
  await progress('rolling_up');
  await work.rollUp(environment);
  await progress('closing');
  await retry(() => seal(work, order), { attemptsMax: ATTEMPTS_MAX, pauseMs: 100, isRetryable: isTransient });
}

async function seal({ pool, reports }: CloseWork, order: CloseOrder): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  // A statement may take seconds. Where the cancelling fails, the process waits for it.
  const cancel = (): void => void pool.query('select pg_cancel_backend($1)', [rows[0]?.pid]).catch(() => undefined);
  order.stopping.addEventListener('abort', cancel);
  try {
    await sealMonth(client, { ...order, reports });
    broken = false;
  } finally {
    order.stopping.removeEventListener('abort', cancel);
    // A connection whose transaction has failed is in the middle of it.
    client.release(broken);
  }
}

async function note(
  pool: Pool,
  { environment, month }: MonthToClose,
  { step, done, total }: { readonly step: CloseStep; readonly done: number; readonly total: number },
): Promise<void> {
  await pool.query(
    `update periods set step = $3, done = $4, total = $5, failure = null
    where environment = $1 and month = $2 and status = 'closing'`,
    [environment, month, step, done, total],
  );
}

function isTransient(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TRANSIENT.has(String(error.code));
}
