import type { Pool, PoolClient } from '#database';
import type { AccountKey } from '#ledger';
import { closeAccounts, type ClosedRow } from './close-accounts.ts';

/** So that a step takes milliseconds, and never more than a second or two. */
const ACCOUNTS_AT_ONCE = 50;
const ROWS_MAX = 20_000;
/** A run ends after this long, and the next one goes on where it stopped. */
const RUN_MS_MAX = 1_000;

export interface ClosedMonths {
  /** The months that are closed for all accounts now, like `2026-10`. */
  readonly months: readonly string[];
  /** Whether a month is over that isn't closed for all accounts yet. */
  readonly isMore: boolean;
}

interface Progress {
  readonly month: Date;
  readonly after_account: AccountKey;
}

/** A step closes a month for some accounts, or finds it closed for all; `null` if there was nothing to do. */
type Step = { readonly closedMonth: string | null } | null;

/**
 * Closes the months that are over, oldest first: an account that was written in a month gets a closing that ends with it,
 * and one more for each 20 000 transfers, so that balances of the past are added up from there. It runs in short
 * transactions, some accounts at a time, and takes no lock that anybody else waits for. Safe to run at any time, in any
 * number of processes: one of them does the work.
 *
 * @param pool with the rights of the tables' owner.
 * @param now real time, in milliseconds since 1970. When a month is closed changes no balance.
 */
export async function closeMonths(pool: Pool, now = Date.now()): Promise<ClosedMonths> {
  const endsAt = performance.now() + RUN_MS_MAX;
  const months: string[] = [];
  do {
    const step = await takeStep(pool, now);
    if (!step) return { months, isMore: false };
    if (step.closedMonth !== null) months.push(step.closedMonth);
  } while (performance.now() < endsAt);
  return { months, isMore: true };
}

async function takeStep(pool: Pool, now: number): Promise<Step> {
  const client = await pool.connect();
  let broken = true;
  try {
    // Compiling a statement over all partitions takes longer than running it.
    await client.query('begin; set local jit = off');
    const step = await advance(client, now);
    await client.query('commit');
    broken = false;
    return step;
  } finally {
    client.release(broken);
  }
}

/** The process that has locked the progress does the work; the others leave it alone. */
async function advance(client: PoolClient, now: number): Promise<Step> {
  const { rows } = await client.query<Progress>(
    'select month, after_account from closing_progress for update skip locked',
  );
  const [progress] = rows;
  if (!progress) return null;
  const monthEnd = startOfNextMonth(progress.month);
  if (monthEnd.getTime() > now) return null;
  const accounts = await nextAccounts(client, progress);
  const last = accounts.at(-1);
  if (last === undefined) {
    await client.query('update closing_progress set month = $1, after_account = default', [monthEnd]);
    return { closedMonth: progress.month.toISOString().slice(0, 7) };
  }
  const closed = await client.query<ClosedRow>(closeAccounts({ accounts, before: monthEnd, rowsMax: ROWS_MAX }));
  // An account with many transfers takes several steps, in which the others have nothing left to close.
  if (!closed.rows.some(({ more }) => more))
    await client.query('update closing_progress set after_account = $1', [last]);
  return { closedMonth: null };
}

/** An account that wasn't written since the month began has nothing in it. */
async function nextAccounts(client: PoolClient, { month, after_account }: Progress): Promise<AccountKey[]> {
  const { rows } = await client.query<{ account_id: AccountKey }>({
    name: 'find_accounts_to_close',
    text: `select account_id from accounts
      where account_id > $1 and id_clock >= (extract(epoch from $2::timestamptz) * 1000)::bigint << 12
      order by account_id limit ${ACCOUNTS_AT_ONCE}`,
    values: [after_account, month],
  });
  return rows.map(({ account_id }) => account_id);
}

function startOfNextMonth(month: Date): Date {
  return new Date(Date.UTC(month.getUTCFullYear(), month.getUTCMonth() + 1));
}
