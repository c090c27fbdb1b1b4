import { retry } from '#background';
import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { queryable, type Queryable } from '#ledger-store';
import { extendChains } from './extend-chains.ts';

/** With a thousand rows each it takes a second. */
const ACCOUNTS_AT_ONCE = 100;
/** Statements look up by key what they need, however little was there when they were planned. */
const SETTINGS = `set local jit = off; set local statement_timeout = 0; set local enable_seqscan = off; set local work_mem = '64MB'`;
/** Somebody else has chained one of the accounts. */
const TRANSIENT = new Set(['23505', '40001', '40P01']);

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param accounts how many were chained so far */
export type OnSealed = (accounts: number) => Promise<void>;

/** Which accounts are looked at, in the order of their keys. */
interface Wanted {
  /** `null`: of all environments. */
  readonly environment: string | null;
  /** Those that were last chained so long ago, or made, if never. */
  readonly agedMs: number;
}

/**
 * Chains all rows of an environment's journal that are there and aren't chained yet, some accounts at a time, each time in one
 * transaction. Safe to run at any time, in any number of processes; after a crash it goes on where it stopped.
 *
 * @param pool may write to the chain, and read the journal
 */
export async function sealJournal(pool: Pool, environment: string, onSealed: OnSealed = async () => {}): Promise<void> {
  await sealAll(pool, { environment, agedMs: 0 }, onSealed);
}

/** Chains what has come in a day or more, of all accounts: so that a close has little left to read, and no account many links. */
export async function sealDaily(pool: Pool): Promise<void> {
  await sealAll(pool, { environment: null, agedMs: DAY_MS }, async () => {});
}

async function sealAll(pool: Pool, wanted: Wanted, onSealed: OnSealed): Promise<void> {
  let behind: AccountKey = '-1';
  let sealed = 0;
  for (;;) {
    const accounts = await retry(() => sealSome(pool, wanted, behind), {
      attemptsMax: 5,
      pauseMs: 50,
      isRetryable: isTransient,
    });
    const last = accounts.at(-1);
    if (last === undefined) return;
    behind = last;
    sealed += accounts.length;
    await onSealed(sealed);
  }
}

async function sealSome(pool: Pool, wanted: Wanted, behind: AccountKey): Promise<readonly AccountKey[]> {
  const client = await pool.connect();
  let broken = true;
  try {
    // Versions and rows are of one snapshot: whatever a version has written is there.
    await client.query('begin isolation level repeatable read read write');
    await client.query(SETTINGS);
    const database = queryable(client);
    const targets = await nextTargets(database, wanted, behind);
    await extendChains(database, targets);
    await client.query('commit');
    broken = false;
    return targets.map(({ account }) => account);
  } finally {
    client.release(broken);
  }
}

interface TargetRow {
  readonly account_id: AccountKey;
  readonly id_clock: string;
}

async function nextTargets(database: Queryable, { environment, agedMs }: Wanted, behind: AccountKey) {
  const { rows } = await database.query<TargetRow>(
    `select a.account_id, a.id_clock from accounts a left join lateral (
      select stamp from chain_links where account_id = a.account_id order by stamp desc limit 1
    ) l on true
    where ($1::text is null or a.environment = $1) and a.account_id > $2 and a.id_clock > coalesce(l.stamp, 0)
      and coalesce(to_timestamp((l.stamp >> 12) / 1000.0), a.created_at) <= clock_timestamp() - $3::bigint * interval '1 millisecond'
    order by a.account_id limit ${String(ACCOUNTS_AT_ONCE)}`,
    [environment, behind, agedMs],
  );
  return rows.map((row) => ({ account: row.account_id, stamp: BigInt(row.id_clock) }));
}

function isTransient(error: unknown): boolean {
  return error instanceof Error && 'code' in error && TRANSIENT.has(String(error.code));
}
