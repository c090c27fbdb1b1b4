import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { transact, type Queryable } from '#ledger-store';
import { ERASED, NONE, OTHER } from '../facts/tag-value.ts';
import { addSums } from './add-sums.ts';
import { corrections, rawTable, type SlotRange, type SumDifference } from './compare-sums.ts';
import { loadAccounts } from './load-slices.ts';
import { replay } from './replay.ts';
import {
  ENVIRONMENT_USAGE_QUANTITIES,
  ENVIRONMENT_USAGE_SLOTS,
  MONEY_SLOTS,
  TAG_SLOTS,
  USAGE_QUANTITIES,
  USAGE_SLOTS,
} from './sum-tables.ts';
import { compareAccount, environmentDifferences } from './verify-rollups.ts';
import { writeBooked, writePositions } from './write-state.ts';

export interface Rebuilt {
  readonly accounts: number;
  /** Rows that were not what they had to be. */
  readonly corrected: number;
}

const ACCOUNTS_AT_ONCE = 1_000;

/**
 * Adds the journal up anew and corrects whatever the sums have otherwise, account by account, each in a transaction of its own. The
 * service may run meanwhile.
 *
 * @param range which slots are corrected
 * @param onProgress called with each account that is done
 */
export async function rebuildRollups(
  pool: Pool,
  range: SlotRange,
  onProgress: (accounts: number) => void = () => {},
): Promise<Rebuilt> {
  let accounts = 0;
  let corrected = 0;
  for (let after: AccountKey | null = null; ;) {
    const { rows }: { rows: { account_id: AccountKey }[] } = await pool.query<{ account_id: AccountKey }>(
      `select account_id from rollup_cursors where $1::bigint is null or account_id > $1
      order by account_id limit ${String(ACCOUNTS_AT_ONCE)}`,
      [after],
    );
    for (const { account_id: key } of rows) {
      corrected += await transact(pool, (database) => rebuildAccount(database, key, range));
      accounts += 1;
      onProgress(accounts);
    }
    after = rows.at(-1)?.account_id ?? null;
    if (rows.length < ACCOUNTS_AT_ONCE) break;
  }
  corrected += await transact(pool, rebuildEnvironments);
  return { accounts, corrected };
}

/** Nobody rolls the account up meanwhile. */
async function rebuildAccount(database: Queryable, key: AccountKey, range: SlotRange): Promise<number> {
  await database.query(
    'set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local jit = off',
  );
  const { rows } = await database.query<{ stamp: string; tags: string[] }>(
    'select stamp, tags from rollup_cursors where account_id = $1 for update',
    [key],
  );
  const [cursor] = rows;
  const [now] = await loadAccounts(database, [key]);
  if (!cursor || !now) return 0;
  const { account } = now;
  const replayed = await replay(database, { account, through: BigInt(cursor.stamp), tags: cursor.tags });
  const differences = await compareAccount(database, key, replayed, range);
  await correct(database, differences, ACCOUNT_TABLES);
  await recountValues(database, key);
  for (const table of ['money_positions', 'booked_usage']) {
    await database.query(`delete from ${table} where account_id = $1`, [key]);
  }
  await writePositions(
    database,
    [...replayed.positions].map(([name, position]) => [key, name, position] as const),
  );
  await writeBooked(
    database,
    [...replayed.booked].map(([id, booked]) => [key, id, booked] as const),
  );
  return differences.length;
}

async function correct(
  database: Queryable,
  differences: readonly SumDifference[],
  tables: readonly ReturnType<typeof rawTable>[],
): Promise<void> {
  for (const table of tables) {
    await addSums(database, table, corrections(differences.filter((one) => one.table === table.name)));
  }
}

const ACCOUNT_TABLES = [rawTable(USAGE_SLOTS), rawTable(USAGE_QUANTITIES), rawTable(TAG_SLOTS), rawTable(MONEY_SLOTS)];
const ENVIRONMENT_TABLES = [rawTable(ENVIRONMENT_USAGE_SLOTS), rawTable(ENVIRONMENT_USAGE_QUANTITIES)];

async function recountValues(database: Queryable, key: AccountKey): Promise<void> {
  await database.query('delete from tag_months where account_id = $1', [key]);
  await database.query(
    `insert into tag_months (account_id, tag, month, value_count)
    select account_id, tag, date_trunc('month', slot at time zone 'UTC') at time zone 'UTC', count(distinct value)
    from tag_slots where account_id = $1 and value not in ($2, $3, $4) group by 1, 2, 3`,
    [key, NONE, OTHER, ERASED],
  );
}

/** Whoever rolls accounts up waits for it. */
async function rebuildEnvironments(database: Queryable): Promise<number> {
  await database.query(
    'set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0; set local jit = off',
  );
  const tables = ENVIRONMENT_TABLES.map(({ name }) => name).join(', ');
  await database.query(`lock table ${tables} in share row exclusive mode`);
  const differences = await environmentDifferences(database);
  await correct(database, differences, ENVIRONMENT_TABLES);
  return differences.length;
}
