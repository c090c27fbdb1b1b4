import { Amount } from '#amounts';
import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { queryable, type Queryable } from '#ledger-store';
import { capTags } from '../facts/cap-tags.ts';
import { compareSums, type SlotRange, type SumDifference } from './compare-sums.ts';
import { loadAccounts } from './load-slices.ts';
import { replay, type Replayed } from './replay.ts';
import {
  ENVIRONMENT_USAGE_QUANTITIES,
  ENVIRONMENT_USAGE_SLOTS,
  MONEY_SLOTS,
  TAG_SLOTS,
  USAGE_QUANTITIES,
  USAGE_SLOTS,
} from './sum-tables.ts';

const ACCOUNTS_AT_ONCE = 1_000;
/** So many differences are shown; all are counted. */
const FIRST_DIFFERENCES = 10;

export interface RollupReport {
  /** How many accounts were added up anew. */
  readonly accounts: number;
  readonly differences: number;
  readonly first: readonly SumDifference[];
}

/**
 * Adds the journal up anew, account by account as far as each is rolled up, and compares it with the sums that are kept; and these
 * with the sums of their environments. It changes nothing, and the service may run meanwhile.
 *
 * @param pool with the right to read
 */
export async function verifyRollups(pool: Pool, accounts?: readonly AccountKey[]): Promise<RollupReport> {
  const first: SumDifference[] = [];
  let differences = 0;
  let count = 0;
  const note = (found: readonly SumDifference[]): void => {
    differences += found.length;
    first.push(...found.slice(0, FIRST_DIFFERENCES - first.length));
  };
  for (const key of accounts ?? (await rolledUpAccounts(pool))) {
    note(await inSnapshot(pool, (database) => differencesOf(database, key)));
    count += 1;
  }
  if (!accounts) note(await inSnapshot(pool, environmentDifferences));
  return { accounts: count, differences, first };
}

async function rolledUpAccounts(pool: Pool): Promise<AccountKey[]> {
  const all: AccountKey[] = [];
  for (let after: AccountKey | null = null; ;) {
    const { rows }: { rows: { account_id: AccountKey }[] } = await pool.query<{ account_id: AccountKey }>(
      `select account_id from rollup_cursors where $1::bigint is null or account_id > $1 order by account_id limit ${String(ACCOUNTS_AT_ONCE)}`,
      [after],
    );
    all.push(...rows.map((row) => row.account_id));
    after = rows.at(-1)?.account_id ?? null;
    if (rows.length < ACCOUNTS_AT_ONCE) return all;
  }
}

async function inSnapshot<T>(pool: Pool, read: (database: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(
      'begin isolation level repeatable read read only; set local statement_timeout = 0; set local jit = off',
    );
    const result = await read(queryable(client));
    await client.query('commit');
    broken = false;
    return result;
  } finally {
    client.release(broken);
  }
}

async function differencesOf(database: Queryable, key: AccountKey): Promise<SumDifference[]> {
  const [now] = await loadAccounts(database, [key]);
  const { rows } = await database.query<{ stamp: string; tags: string[] }>(
    'select stamp, tags from rollup_cursors where account_id = $1',
    [key],
  );
  const [cursor] = rows;
  if (!now || !cursor) return [];
  const { account } = now;
  const replayed = await replay(database, { account, through: BigInt(cursor.stamp), tags: cursor.tags });
  return compareAccount(database, key, replayed);
}

/** What the tables have of an account, beside what its journal adds up to. */
export async function compareAccount(
  database: Queryable,
  accountKey: AccountKey,
  { sums }: Pick<Replayed, 'sums'>,
  range?: SlotRange,
): Promise<SumDifference[]> {
  const own = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ ...row, accountKey }));
  const common = { owner: [accountKey], ...(range && { range }) };
  return [
    ...(await compareSums(database, USAGE_SLOTS, { ...common, rows: own(sums.usage) })),
    ...(await compareSums(database, USAGE_QUANTITIES, { ...common, rows: own(sums.quantities) })),
    ...(await compareSums(database, TAG_SLOTS, { ...common, rows: own(capTags(sums.tags, new Map())) })),
    ...(await compareSums(database, MONEY_SLOTS, { ...common, rows: own(sums.money) })),
  ];
}

/** What environments have, beside what their accounts add up to. Rows of nothing count as none. */
export async function environmentDifferences(database: Queryable): Promise<SumDifference[]> {
  const all: SumDifference[] = [];
  for (const [ours, accounts] of [
    [ENVIRONMENT_USAGE_SLOTS, USAGE_SLOTS],
    [ENVIRONMENT_USAGE_QUANTITIES, USAGE_QUANTITIES],
  ] as const) {
    const units = await database.query<{ environment: string; unit: string }>(
      `select environment, unit from accounts group by 1, 2 union select environment, unit from ${ours.name} group by 1, 2`,
    );
    for (const { environment, unit } of units.rows) {
      all.push(...(await differencesOfUnit(database, ours, accounts.name, [environment, unit])));
    }
  }
  return all;
}

async function differencesOfUnit(
  database: Queryable,
  table: typeof ENVIRONMENT_USAGE_SLOTS | typeof ENVIRONMENT_USAGE_QUANTITIES,
  source: string,
  unit: readonly [environment: string, unit: string],
): Promise<SumDifference[]> {
  const key = table.key.slice(2).map(({ name }) => name);
  const sums = table.sums.map(({ name }) => name);
  const added = sums.map((name) => `coalesce(sum(s.${name}), 0) as ${name}`).join(', ');
  const differ = sums.map((name) => `coalesce(e.${name}, 0) <> coalesce(a.${name}, 0)`).join(' or ');
  const pair = sums.map(
    (name) => `coalesce(a.${name}, 0) as expected_${name}, coalesce(e.${name}, 0) as found_${name}`,
  );
  const { rows } = await database.query<Record<string, string | Date>>(
    `with e as (select * from ${table.name} where environment = $1 and unit = $2),
    a as (
      select ${key.join(', ')}, ${added} from ${source} s join accounts using (account_id)
      where environment = $1 and unit = $2 group by ${key.join(', ')}
    )
    select ${key.join(', ')}, ${pair.join(', ')} from a full join e using (${key.join(', ')}) where ${differ}`,
    [...unit],
  );
  const amounts = (row: Record<string, string | Date>, of: string) =>
    sums.map((name) => new Amount(String(row[`${of}_${name}`])));
  return rows.map((row) => ({
    table: table.name,
    key: [...unit, ...key.map((name) => textOf(row[name]))],
    columns: sums,
    expected: amounts(row, 'expected'),
    found: amounts(row, 'found'),
  }));
}

function textOf(value: string | Date | undefined): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
