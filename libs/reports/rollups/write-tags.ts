import type { AccountKey } from '#ledger';
import type { Queryable } from '#ledger-store';
import { capTags, monthName, monthOf, type KnownValues } from '../facts/cap-tags.ts';
import type { TagRow } from '../facts/fact-sums.ts';
import type { SliceAccount } from '../facts/journal-slice.ts';
import { addSums } from './add-sums.ts';
import { TAG_SLOTS } from './sum-tables.ts';

export interface TagsOfAccount {
  readonly account: SliceAccount;
  readonly tags: readonly TagRow[];
}

/** By account, and by `monthName`. */
type KnownByAccount = Map<AccountKey, Map<string, KnownValues>>;

/** Adds to the sums by tags. Values beyond the most of a month are put together. */
export async function writeTags(database: Queryable, all: readonly TagsOfAccount[]): Promise<void> {
  const tagged = all.filter(({ tags }) => tags.length > 0);
  if (tagged.length === 0) return;
  const known = await loadKnownValues(database, tagged);
  const counts: [key: AccountKey, tag: string, month: string, count: number][] = [];
  const rows = tagged.flatMap(({ account: { key: accountKey }, tags }) => {
    const own = known.get(accountKey) ?? new Map<string, KnownValues>();
    const before = new Map([...own].map(([name, { count }]) => [name, count]));
    const kept = capTags(tags, own);
    for (const [name, { count }] of own) {
      const [tag, month] = JSON.parse(name) as [string, number];
      if (count !== (before.get(name) ?? 0)) counts.push([accountKey, tag, new Date(month).toISOString(), count]);
    }
    return kept.map((row) => ({ ...row, accountKey }));
  });
  await addSums(database, TAG_SLOTS, rows);
  if (counts.length === 0) return;
  await database.query(
    `insert into tag_months (account_id, tag, month, value_count)
    select * from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::integer[])
    on conflict (account_id, tag, month) do update set value_count = excluded.value_count`,
    [0, 1, 2, 3].map((column) => counts.map((row) => row[column])),
  );
}

interface MonthRow {
  readonly account_id: AccountKey;
  readonly tag: string;
  readonly month: Date;
}

async function loadKnownValues(database: Queryable, all: readonly TagsOfAccount[]): Promise<KnownByAccount> {
  const asked = new Map<string, readonly [key: AccountKey, tag: string, month: string, value: string]>();
  for (const { account, tags } of all) {
    for (const { tag, slot, value } of tags) {
      const month = new Date(monthOf(slot)).toISOString();
      asked.set(JSON.stringify([account.key, tag, month, value]), [account.key, tag, month, value]);
    }
  }
  const columns = [0, 1, 2, 3].map((column) => [...asked.values()].map((row) => row[column]));
  const { rows: found } = await database.query<MonthRow & { value: string }>(
    `select n.* from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[]) n (account_id, tag, month, value)
    where exists (
      select from tag_slots t where t.account_id = n.account_id and t.tag = n.tag and t.value = n.value
        and t.slot >= n.month and t.slot < n.month + interval '1 month'
    )`,
    columns,
  );
  const { rows: counts } = await database.query<MonthRow & { value_count: number }>(
    `select m.* from (select distinct * from unnest($1::bigint[], $2::text[], $3::timestamptz[]) n (account_id, tag, month)) n
    join tag_months m using (account_id, tag, month)`,
    columns.slice(0, 3),
  );
  const known: KnownByAccount = new Map();
  for (const { account_id: key, tag, month, value_count: count } of counts) {
    const own = known.get(key) ?? new Map<string, KnownValues>();
    own.set(monthName(tag, month.getTime()), { count, values: new Set() });
    known.set(key, own);
  }
  for (const { account_id: key, tag, month, value } of found) {
    known.get(key)?.get(monthName(tag, month.getTime()))?.values.add(value);
  }
  return known;
}
