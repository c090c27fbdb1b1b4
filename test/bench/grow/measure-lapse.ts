import type { Pool } from '#database';
import { LedgerUnavailable } from '#ledger-store';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountId } from './account-source.ts';
import type { GrowthDatabase } from './growth-database.ts';
import type { GrowthLedger } from './growth-ledger.ts';

/** What it is like when all holds of an account run out at once. */
export interface Lapse {
  readonly holds: number;
  /** From then until the last of them was booked as expired. */
  readonly booked_after_s: number;
  /** The slowest authorization with its commit meanwhile: of the account itself, and of others. */
  readonly worst_ms: number;
  readonly worst_of_others_ms: number;
  /** How many of them the ledger turned away. */
  readonly refused: number;
}

const LAPSES_IN_MS = 2000;
const PATIENCE_MS = 120_000;
/** How many other accounts are at work: enough that whatever an account shares with others is shared by some of them. */
const OTHERS = 8;

/** Lets all open holds of an account lapse in one instant, while it and the accounts after it go on, a pair at a time each. */
export async function measureLapse({ ledger, pool }: GrowthDatabase, account: number): Promise<Lapse> {
  const { lapsesAt, holds } = await lapseSoon(pool, account);
  await sleep(Math.max(0, lapsesAt.getTime() - Date.now()));
  let refused = 0;
  let done = false;
  const slowest = async (_: unknown, offset: number): Promise<number> => {
    let worst = 0;
    while (!done) {
      const askedAt = performance.now();
      if (!(await wasServed(ledger, account + offset))) refused += 1;
      worst = Math.max(worst, performance.now() - askedAt);
    }
    return worst;
  };
  const workers = Promise.all(Array.from({ length: 1 + OTHERS }, slowest));
  const seconds = await bookedAfter(pool, lapsesAt).finally(() => (done = true));
  const [worst = 0, ...others] = await workers;
  return { holds, booked_after_s: seconds, worst_ms: worst, worst_of_others_ms: Math.max(...others), refused };
}

async function wasServed(ledger: GrowthLedger, account: number): Promise<boolean> {
  try {
    await ledger.commit(await ledger.authorize(account));
    return true;
  } catch (error) {
    if (error instanceof LedgerUnavailable) return false;
    throw error;
  }
}

/** Moves the expiry of all the account's open holds to one instant, as if they had been made for it. */
async function lapseSoon(pool: Pool, account: number): Promise<{ lapsesAt: Date; holds: number }> {
  const lapsesAt = new Date(Date.now() + LAPSES_IN_MS);
  const { rowCount } = await pool.query(
    `with owner as (update accounts set id_clock = id_clock + 1 where external_id = $1 returning account_id)
    update holds set expires_at = $2 where account_id = (select account_id from owner)`,
    [accountId(account), lapsesAt],
  );
  return { lapsesAt, holds: rowCount ?? 0 };
}

/** Waits until none is left of the holds that lapsed then. @returns how long it took, in seconds. */
async function bookedAfter(pool: Pool, lapsedAt: Date): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { rows } = await pool.query<{ left: boolean }>(
      'select exists (select from holds where expires_at <= $1) as left',
      [lapsedAt],
    );
    const elapsed = performance.now() - startedAt;
    if (rows[0]?.left !== true) return elapsed / 1000;
    if (elapsed > PATIENCE_MS) throw new Error('holds are still unbooked two minutes after they lapsed');
    await sleep(20);
  }
}
