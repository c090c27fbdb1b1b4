import type { Pool } from '#database';
import type { AccountKey } from '#ledger';
import { transact, type Queryable } from '#ledger-store';
import type { AuthorizationBefore } from '../facts/authorization-tally.ts';
import { FactSums } from '../facts/fact-sums.ts';
import { needsBooked, type BookedAuthorization } from '../facts/facts-of-slice.ts';
import { foldSlice } from '../facts/fold-slice.ts';
import type { JournalSlice } from '../facts/journal-slice.ts';
import type { MoneyPosition } from '../facts/money-fact.ts';
import { poolNames } from '../money/pool.ts';
import { loadBefore } from './load-before.ts';
import { loadAccounts, loadSlices, type AccountNow } from './load-slices.ts';
import { replay } from './replay.ts';
import { loadBooked, writeBooked, writePositions, type PositionRow } from './write-state.ts';
import { writeSums, type AccountSums } from './write-sums.ts';
import { writeTags } from './write-tags.ts';

/** Rows of a transaction, of all accounts together, about. */
const ROWS_MAX = 10_000;
/** Rows that an account is given in any case. */
const ROWS_MIN = 20;
/** The accounts whose whole history a transaction adds up, where other tags are to be reported. */
const REPLAYED_MAX = 20;

export interface RollUpOptions {
  /** Whether to wait for accounts that somebody else rolls up just now; otherwise they are left to them. */
  readonly isWaiting: boolean;
}

export interface RolledUp {
  /** Accounts of which more is to be rolled up. */
  readonly unfinished: readonly AccountKey[];
  /** Those that somebody else rolls up just now. */
  readonly shared: readonly AccountKey[];
}

interface Cursor {
  readonly stamp: bigint;
  readonly tags: readonly string[];
}

/**
 * Adds what has happened in these accounts since the last time to the sums, in one transaction that moves their cursors too: so
 * every row of the journal counts once, whatever ends a process in between, and whoever else does the same.
 */
export function rollUp(pool: Pool, accounts: readonly AccountKey[], options: RollUpOptions): Promise<RolledUp> {
  return transact(pool, async (database) => {
    // Compiling a statement over all partitions takes longer than running it.
    await database.query('set local jit = off');
    const cursors = await lockCursors(database, accounts, options);
    const locked = await loadAccounts(database, [...cursors.keys()]);
    const shared = accounts.filter((key) => !cursors.has(key));
    const changed = locked.filter(({ account, version }) => version > (cursors.get(account.key)?.stamp ?? 0n));
    const later = await reportAllTags(database, locked, cursors);
    const unfinished = await rollUpLocked(database, changed, cursors, later);
    return { unfinished: [...new Set([...unfinished, ...later])], shared };
  });
}

async function rollUpLocked(
  database: Queryable,
  changed: readonly AccountNow[],
  cursors: ReadonlyMap<AccountKey, Cursor>,
  withOldTags: ReadonlySet<AccountKey>,
): Promise<readonly AccountKey[]> {
  if (changed.length === 0) return [];
  const ranges = changed.map(({ account, version }) => ({
    account,
    after: cursors.get(account.key)?.stamp ?? 0n,
    through: version,
  }));
  const slices = await loadSlices(database, ranges, Math.max(ROWS_MIN, Math.floor(ROWS_MAX / ranges.length)));
  const before = await loadBefore(database, slices);
  const positions = await loadPositions(database, slices);
  const tagsOf = new Map(
    changed.map(({ account: { key }, tags }) => [key, withOldTags.has(key) ? cursors.get(key)?.tags : tags]),
  );
  const all: AccountSums[] = [];
  const moved: PositionRow[] = [];
  const booked: KeptBooked[] = [];
  for (const slice of slices) {
    const { key } = slice.account;
    const own = await withBooked(database, slice, before.get(key) ?? new Map());
    const sums = new FactSums();
    const terms = { before: own, positions: positions.get(key) ?? new Map(), tags: tagsOf.get(key) ?? [] };
    const folded = foldSlice(slice, terms, sums);
    const { usage, quantities, tags, money } = sums;
    all.push({ account: slice.account, usage, quantities, tags, money });
    for (const [name, position] of folded.positions) moved.push([key, name, position]);
    for (const one of folded.booked) booked.push({ key, hadRows: own.get(one.id)?.hadRows ?? false, ...one });
  }
  await writePositions(database, moved);
  await keepBooked(database, booked);
  await moveCursors(database, slices);
  await writeSums(database, all);
  const versions = new Map(changed.map(({ account, version }) => [account.key, version]));
  return slices.filter(({ account, through }) => through < (versions.get(account.key) ?? 0n)).map(keyOf);
}

function keyOf({ account }: JournalSlice): AccountKey {
  return account.key;
}

async function lockCursors(
  database: Queryable,
  accounts: readonly AccountKey[],
  { isWaiting }: RollUpOptions,
): Promise<Map<AccountKey, Cursor>> {
  await database.query(
    `insert into rollup_cursors (account_id, stamp, tags)
    select n.account_id, 0, '{}' from unnest($1::bigint[]) n (account_id)
    where not exists (select from rollup_cursors c where c.account_id = n.account_id) order by 1
    on conflict (account_id) do nothing`,
    [accounts],
  );
  const { rows } = await database.query<{ account_id: AccountKey; stamp: string; tags: string[] }>(
    `select account_id, stamp, tags from rollup_cursors where account_id = any($1) order by account_id
    for update ${isWaiting ? '' : 'skip locked'}`,
    [accounts],
  );
  return new Map(rows.map(({ account_id, stamp, tags }) => [account_id, { stamp: BigInt(stamp), tags }]));
}

/** @returns the accounts that still have their old tags, because a transaction adds up the history of a few accounts only */
async function reportAllTags(
  database: Queryable,
  accounts: readonly AccountNow[],
  cursors: ReadonlyMap<AccountKey, Cursor>,
): Promise<ReadonlySet<AccountKey>> {
  const later = new Set<AccountKey>();
  let replayed = 0;
  for (const one of accounts) {
    const { key } = one.account;
    const cursor = cursors.get(key);
    if (!cursor || isSameTags(cursor.tags, one.tags)) continue;
    if (replayed >= REPLAYED_MAX) {
      later.add(key);
      continue;
    }
    if (cursor.stamp > 0n) replayed += 1;
    await reportTags(database, one, cursor);
  }
  return later;
}

function isSameTags(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && others.every((tag) => some.includes(tag));
}

/** Where other tags are to be reported than were so far, they are added up from the beginning. */
async function reportTags(database: Queryable, { account, tags }: AccountNow, cursor: Cursor): Promise<void> {
  const added = tags.filter((tag) => !cursor.tags.includes(tag));
  const removed = cursor.tags.filter((tag) => !tags.includes(tag));
  const { key } = account;
  for (const table of ['tag_slots', 'tag_months']) {
    await database.query(`delete from ${table} where account_id = $1 and tag = any($2)`, [key, removed]);
  }
  if (added.length > 0 && cursor.stamp > 0n) {
    const { sums } = await replay(database, { account, through: cursor.stamp, tags: added });
    await writeTags(database, [{ account, tags: sums.tags }]);
  }
  await database.query('update rollup_cursors set tags = $2 where account_id = $1', [key, tags]);
}

/** What was booked of those that had rows before, as far as it is kept or somebody has to know it. */
async function withBooked(
  database: Queryable,
  slice: JournalSlice,
  before: ReadonlyMap<string, AuthorizationBefore>,
): Promise<ReadonlyMap<string, AuthorizationBefore>> {
  const had = [...before].filter(([, { hadRows }]) => hadRows).map(([id]) => id);
  if (had.length === 0) return before;
  const { account, after: through } = slice;
  const all = new Map(before);
  const put = (id: string, booked: AuthorizationBefore['booked']): void => {
    const one = all.get(id);
    if (one) all.set(id, { ...one, booked });
  };
  for (const [id, booked] of await loadBooked(database, account.key, had)) put(id, booked);
  const missing = needsBooked(slice, all);
  if (missing.length === 0) return all;
  const { booked } = await replay(database, { account, through, tags: [], authorizations: missing });
  for (const id of missing) put(id, booked.get(id) ?? new Map());
  return all;
}

async function loadPositions(
  database: Queryable,
  slices: readonly JournalSlice[],
): Promise<Map<AccountKey, Map<string, MoneyPosition>>> {
  const named = slices.flatMap(({ account, grants }) =>
    [...new Set([...grants.values()].flatMap(poolNames))].map((name) => [account.key, name] as const),
  );
  const positions = new Map<AccountKey, Map<string, MoneyPosition>>();
  if (named.length === 0) return positions;
  const { rows } = await database.query<{ account_id: AccountKey; purchase: string; position: MoneyPosition }>(
    `select m.* from unnest($1::bigint[], $2::text[]) n (account_id, purchase) join money_positions m using (account_id, purchase)`,
    [named.map(([key]) => key), named.map(([, name]) => name)],
  );
  for (const { account_id: key, purchase, position } of rows) {
    const own = positions.get(key) ?? new Map<string, MoneyPosition>();
    own.set(purchase, position);
    positions.set(key, own);
  }
  return positions;
}

interface KeptBooked extends BookedAuthorization {
  readonly key: AccountKey;
  readonly hadRows: boolean;
}

/** Keeps what the next step may need, and drops what none will. */
async function keepBooked(database: Queryable, all: readonly KeptBooked[]): Promise<void> {
  const needed = all.filter(({ isNeeded }) => isNeeded);
  await writeBooked(
    database,
    needed.map(({ key, id, booked }) => [key, id, booked] as const),
  );
  const dropped = all.filter(({ isNeeded, hadRows }) => !isNeeded && hadRows);
  if (dropped.length === 0) return;
  await database.query(
    `delete from booked_usage b using unnest($1::bigint[], $2::uuid[]) n (account_id, authorization_id)
    where b.account_id = n.account_id and b.authorization_id = n.authorization_id`,
    [dropped.map(({ key }) => key), dropped.map(({ id }) => id)],
  );
}

async function moveCursors(database: Queryable, slices: readonly JournalSlice[]): Promise<void> {
  await database.query(
    `update rollup_cursors c set stamp = n.stamp from unnest($1::bigint[], $2::bigint[]) n (account_id, stamp)
    where c.account_id = n.account_id`,
    [slices.map(keyOf), slices.map(({ through }) => through.toString())],
  );
}
