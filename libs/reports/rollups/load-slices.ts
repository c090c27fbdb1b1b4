import {
  DEFAULT_SETTINGS,
  grantFromRow,
  purchaseFromRow,
  transferFromRow,
  uncollectedUsageFromRow,
  usageRecordFromRow,
  type GrantRow,
  type PurchaseRow,
  type Queryable,
  type TransferRow,
  type UncollectedUsageRow,
  type UsageRecordRow,
} from '#ledger-store';
import type { AccountKey, AuthorizationStatus, Tags, Transfer, UncollectedUsage, Usage, UsageRecord } from '#ledger';
import type {
  JournalSlice,
  SliceAccount,
  SliceAuthorization,
  SliceGrant,
  SlicePurchase,
} from '../facts/journal-slice.ts';
import { idAfter, isNext, versionOf } from '../facts/version-of.ts';

/** What of an account's journal is asked for: rows of later versions than `after`, up to `through`. */
export interface SliceRange {
  readonly account: SliceAccount;
  readonly after: bigint;
  readonly through: bigint;
}

interface OwnRows {
  readonly transfers: readonly Transfer[];
  readonly records: readonly UsageRecord[];
  readonly uncollected: readonly UncollectedUsage[];
}

/**
 * Reads a slice of each account. One with many rows is cut, where no command is: then its `through` is earlier than what was asked
 * for.
 *
 * @param rowsMax of each account, about
 */
export async function loadSlices(
  database: Queryable,
  ranges: readonly SliceRange[],
  rowsMax: number,
): Promise<JournalSlice[]> {
  const loaded = await loadRows(database, ranges, rowsMax);
  const cut: (SliceRange & OwnRows)[] = [];
  const tooLong: SliceRange[] = [];
  for (const range of ranges) {
    const own = cutRows(range, ownRows(loaded, range.account.key), rowsMax);
    if (own) cut.push(own);
    else tooLong.push(range);
  }
  const rest = tooLong.length > 0 ? await loadSlices(database, tooLong, rowsMax * 4) : [];
  return [...(await withReferences(database, cut)), ...rest];
}

interface LoadedRows {
  readonly transfers: ReadonlyMap<AccountKey, Transfer[]>;
  readonly records: ReadonlyMap<AccountKey, UsageRecord[]>;
  readonly uncollected: ReadonlyMap<AccountKey, UncollectedUsage[]>;
}

async function loadRows(database: Queryable, ranges: readonly SliceRange[], rowsMax: number): Promise<LoadedRows> {
  const values = [
    ranges.map(({ account }) => account.key),
    ranges.map(({ after }) => idAfter(after)),
    ranges.map(({ through }) => idAfter(through)),
    rowsMax,
  ];
  const select = (table: string): string => `
    select t.* from unnest($1::bigint[], $2::uuid[], $3::uuid[]) r (account_id, after_id, through_id)
    cross join lateral (
      select * from ${table} t where t.account_id = r.account_id and t.id > r.after_id and t.id <= r.through_id
      order by t.id limit $4
    ) t`;
  const transfers = await database.query<TransferRow>(select('transfers'), values);
  const records = await database.query<UsageRecordRow>(select('usage_records'), values);
  const uncollected = await database.query<UncollectedUsageRow>(select('uncollected_usage'), values);
  return {
    transfers: byAccount(transfers.rows.map(transferFromRow)),
    records: byAccount(records.rows.map(usageRecordFromRow)),
    uncollected: byAccount(uncollected.rows.map(uncollectedUsageFromRow)),
  };
}

function byAccount<Row extends { readonly accountKey: AccountKey }>(rows: readonly Row[]): Map<AccountKey, Row[]> {
  const map = new Map<AccountKey, Row[]>();
  for (const row of rows) {
    const own = map.get(row.accountKey);
    if (own) own.push(row);
    else map.set(row.accountKey, [row]);
  }
  return map;
}

function ownRows({ transfers, records, uncollected }: LoadedRows, key: AccountKey): OwnRows {
  return {
    transfers: transfers.get(key) ?? [],
    records: records.get(key) ?? [],
    uncollected: uncollected.get(key) ?? [],
  };
}

/** @returns `null` where no end of a command is known among the rows */
function cutRows(range: SliceRange, rows: OwnRows, rowsMax: number): (SliceRange & OwnRows) | null {
  const { transfers, records, uncollected } = rows;
  const full = [transfers, records, uncollected].filter(({ length }) => length >= rowsMax);
  if (full.length === 0) return { ...range, ...rows };
  // Of a table that has more, nothing is known beyond its last row.
  const known = full.map((all) => all.at(-1)?.id ?? '').sort()[0] ?? '';
  const ids = [...transfers, ...records, ...uncollected]
    .map(({ id }) => id)
    .filter((id) => id <= known)
    .sort();
  for (let place = ids.length - 1; place > 0; place -= 1) {
    const [before, id] = [ids[place - 1] ?? '', ids[place] ?? ''];
    if (isNext(id, before)) continue;
    const upTo = <Row extends { readonly id: string }>(all: readonly Row[]) => all.filter((row) => row.id <= before);
    return {
      ...{ account: range.account, after: range.after, through: versionOf(before) },
      ...{ transfers: upTo(transfers), records: upTo(records), uncollected: upTo(uncollected) },
    };
  }
  return null;
}

async function withReferences(database: Queryable, slices: readonly (SliceRange & OwnRows)[]): Promise<JournalSlice[]> {
  const purchases = await loadPurchases(database, slices);
  const grants = await loadGrants(database, slices, purchases);
  const authorizations = await loadAuthorizations(database, slices);
  const none = new Map<string, never>();
  return slices.map((slice) => ({
    ...slice,
    purchases: purchases.get(slice.account.key) ?? none,
    grants: grants.get(slice.account.key) ?? none,
    authorizations: authorizations.get(slice.account.key) ?? none,
  }));
}

type ByAccount<Row> = ReadonlyMap<AccountKey, ReadonlyMap<string, Row>>;

/** Those that have refunds: there are few, and of the others nothing is asked. */
async function loadPurchases(database: Queryable, slices: readonly SliceRange[]): Promise<ByAccount<SlicePurchase>> {
  const { rows } = await database.query<PurchaseRow>(
    `select * from purchases where account_id = any($1) and refunds <> '[]'`,
    [slices.map(({ account }) => account.key)],
  );
  return nested(rows.map(purchaseFromRow).map((one) => [one.accountKey, one.id, one] as const));
}

async function loadGrants(
  database: Queryable,
  slices: readonly (SliceRange & OwnRows)[],
  purchases: ByAccount<SlicePurchase>,
): Promise<ByAccount<SliceGrant>> {
  const named = slices.flatMap(({ account, transfers }) => {
    const sold = [...(purchases.get(account.key)?.values() ?? [])].map(({ grants: [first] }) => first);
    const ids = [...transfers.flatMap(({ grantId, intoGrantId }) => [grantId, intoGrantId]), ...sold];
    return [...new Set(ids)].flatMap((id) => (id === null || id === undefined ? [] : [[account.key, id] as const]));
  });
  if (named.length === 0) return new Map();
  const { rows } = await database.query<GrantRow>(
    `select g.* from unnest($1::bigint[], $2::uuid[]) n (account_id, id) join grants g using (account_id, id)`,
    [named.map(([key]) => key), named.map(([, id]) => id)],
  );
  return nested(rows.map(grantFromRow).map((one) => [one.accountKey, one.id, one] as const));
}

interface AuthorizationRow {
  readonly account_id: AccountKey;
  readonly id: string;
  readonly status: AuthorizationStatus;
  readonly key_id: string | null;
  readonly usage: readonly Usage[];
  readonly tags: Tags;
  readonly added: { readonly tags?: Tags; readonly since?: Record<string, string> } | null;
  readonly late: boolean;
  readonly committed_at: Date | null;
  readonly first_draw: string | null;
}

/** In one statement, so that one that closes meanwhile is found in one of the two places. */
async function loadAuthorizations(
  database: Queryable,
  slices: readonly (SliceRange & OwnRows)[],
): Promise<ByAccount<SliceAuthorization>> {
  const named = slices.flatMap(({ account, transfers, records, uncollected }) => {
    const ids = [...transfers, ...records, ...uncollected].map(({ authorizationId }) => authorizationId);
    return [...new Set(ids)].flatMap((id) => (id === null ? [] : [[account.key, id] as const]));
  });
  if (named.length === 0) return new Map();
  const columns = `account_id, id, key_id, usage, tags, additions as added, draws -> 0 ->> 2 as first_draw`;
  const { rows } = await database.query<AuthorizationRow>(
    `with named as materialized (select * from unnest($1::bigint[], $2::uuid[]) n (account_id, id))
    select ${columns}, status::text, late, committed_at from named join authorizations using (account_id, id)
    union all
    select ${columns}, 'authorized', false, null from named join holds using (account_id, id)`,
    [named.map(([key]) => key), named.map(([, id]) => id)],
  );
  return nested(rows.map((row) => [row.account_id, row.id, authorizationFromRow(row)] as const));
}

function authorizationFromRow(row: AuthorizationRow): SliceAuthorization {
  return {
    ...{ id: row.id, status: row.status, keyId: row.key_id, usage: row.usage, tags: row.tags },
    ...{ addedTags: row.added?.tags ?? {}, addedSince: row.added?.since ?? {} },
    ...{ late: row.late, committedAt: row.committed_at && row.committed_at.getTime(), firstDraw: row.first_draw },
  };
}

function nested<Row>(rows: readonly (readonly [key: AccountKey, id: string, row: Row])[]): ByAccount<Row> {
  const map = new Map<AccountKey, Map<string, Row>>();
  for (const [key, id, row] of rows) {
    const own = map.get(key) ?? new Map<string, Row>();
    own.set(id, row);
    map.set(key, own);
  }
  return map;
}

interface AccountRow {
  readonly account_id: AccountKey;
  readonly environment: string;
  readonly unit: string;
  readonly id_clock: string;
  readonly is_erased: boolean;
  readonly currency: string | null;
  readonly reported_tags: readonly string[] | null;
}

/** An account as it is now. */
export interface AccountNow {
  readonly account: SliceAccount;
  readonly version: bigint;
  /** The tags that its environment has reported. */
  readonly tags: readonly string[];
}

/** Whatever has a version up to the one that this answers is committed, and seen by every later statement. */
export async function loadAccounts(database: Queryable, keys: readonly AccountKey[]): Promise<AccountNow[]> {
  const { rows } = await database.query<AccountRow>(
    `select account_id, a.environment, unit, id_clock, erasure_requested_at is not null as is_erased, currency, reported_tags
    from accounts a left join settings s on s.environment = a.environment where account_id = any($1) order by account_id`,
    [keys],
  );
  return rows.map((row) => ({
    account: {
      ...{ key: row.account_id, environment: row.environment, unit: row.unit, isErased: row.is_erased },
      currency: row.currency ?? DEFAULT_SETTINGS.currency,
    },
    version: BigInt(row.id_clock),
    tags: row.reported_tags ?? DEFAULT_SETTINGS.reportedTags,
  }));
}
