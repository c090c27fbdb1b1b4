import type { Queryable } from '#ledger-store';
import { capTags, monthName, monthOf, type KnownValues } from '../facts/cap-tags.ts';
import type { MoneyRow, QuantityRow, TagRow, UsageRow } from '../facts/fact-sums.ts';
import type { SliceAccount } from '../facts/journal-slice.ts';
import { addMeasures } from '../facts/measures.ts';
import { addSums } from './add-sums.ts';
import {
  ENVIRONMENT_USAGE_QUANTITIES,
  ENVIRONMENT_USAGE_SLOTS,
  MONEY_SLOTS,
  TAG_SLOTS,
  USAGE_QUANTITIES,
  USAGE_SLOTS,
} from './sum-tables.ts';

/** What is to be added to the tables for an account. */
export interface AccountSums {
  readonly account: SliceAccount;
  readonly usage: readonly UsageRow[];
  readonly quantities: readonly QuantityRow[];
  readonly tags: readonly TagRow[];
  readonly money: readonly MoneyRow[];
}

/** Adds to the sums of accounts, and to those of their environments, which others add to as well: so these come last. */
export async function writeSums(database: Queryable, all: readonly AccountSums[]): Promise<void> {
  const usage = all.flatMap(({ account: { key }, usage: rows }) => rows.map((row) => ({ ...row, accountKey: key })));
  const quantities = all.flatMap(({ account: { key }, quantities: rows }) =>
    rows.map((row) => ({ ...row, accountKey: key })),
  );
  const money = all.flatMap(({ account: { key }, money: rows }) => rows.map((row) => ({ ...row, accountKey: key })));
  await addSums(database, USAGE_SLOTS, usage);
  await addSums(database, USAGE_QUANTITIES, quantities);
  await addSums(database, MONEY_SLOTS, money);
  for (const { account, tags } of all) await writeTags(database, account, tags);
  await addSums(database, ENVIRONMENT_USAGE_SLOTS, usageOfUnits(all));
  await addSums(database, ENVIRONMENT_USAGE_QUANTITIES, quantitiesOfUnits(all));
}

/** Adds to the sums by tags. Values beyond the most of a month are put together. */
export async function writeTags(database: Queryable, account: SliceAccount, tags: readonly TagRow[]): Promise<void> {
  if (tags.length === 0) return;
  const known = await loadKnownValues(database, account, tags);
  const before = new Map([...known].map(([name, { count }]) => [name, count]));
  const kept = capTags(tags, known);
  await addSums(
    database,
    TAG_SLOTS,
    kept.map((row) => ({ ...row, accountKey: account.key })),
  );
  for (const [name, { count }] of known) {
    if (count === (before.get(name) ?? 0)) continue;
    const [tag, month] = JSON.parse(name) as [string, number];
    await database.query(
      `insert into tag_months (account_id, tag, month, value_count) values ($1, $2, $3, $4)
      on conflict (account_id, tag, month) do update set value_count = excluded.value_count`,
      [account.key, tag, new Date(month), count],
    );
  }
}

async function loadKnownValues(
  database: Queryable,
  { key }: SliceAccount,
  rows: readonly TagRow[],
): Promise<Map<string, KnownValues>> {
  const asked = new Map<string, { tag: string; month: number; value: string }>();
  for (const { tag, slot, value } of rows) {
    const month = monthOf(slot);
    asked.set(JSON.stringify([tag, month, value]), { tag, month, value });
  }
  const all = [...asked.values()];
  const { rows: found } = await database.query<{ tag: string; month: Date; value: string }>(
    `select n.tag, n.month, n.value from unnest($2::text[], $3::timestamptz[], $4::text[]) n (tag, month, value)
    where exists (
      select from tag_slots t where t.account_id = $1 and t.tag = n.tag and t.value = n.value
        and t.slot >= n.month and t.slot < n.month + interval '1 month'
    )`,
    [
      key,
      all.map(({ tag }) => tag),
      all.map(({ month }) => new Date(month).toISOString()),
      all.map(({ value }) => value),
    ],
  );
  const { rows: counts } = await database.query<{ tag: string; month: Date; value_count: number }>(
    'select tag, month, value_count from tag_months where account_id = $1 and tag = any($2) and month = any($3)',
    [key, all.map(({ tag }) => tag), all.map(({ month }) => new Date(month).toISOString())],
  );
  const known = new Map<string, KnownValues>();
  for (const { tag, month, value_count: count } of counts) {
    known.set(monthName(tag, month.getTime()), { count, values: new Set() });
  }
  for (const { tag, month, value } of found) known.get(monthName(tag, month.getTime()))?.values.add(value);
  return known;
}

function usageOfUnits(all: readonly AccountSums[]): (UsageRow & { environment: string; unit: string })[] {
  const rows = new Map<string, UsageRow & { environment: string; unit: string }>();
  for (const { account, usage } of all) {
    const { environment, unit } = account;
    for (const { measures, ...row } of usage) {
      const name = JSON.stringify([environment, unit, ...Object.values(row)]);
      const sum = rows.get(name);
      if (sum) addMeasures(sum.measures, measures);
      else rows.set(name, { ...row, environment, unit, measures: { ...measures } });
    }
  }
  return [...rows.values()];
}

function quantitiesOfUnits(all: readonly AccountSums[]): (QuantityRow & { environment: string; unit: string })[] {
  const rows = new Map<string, QuantityRow & { environment: string; unit: string }>();
  for (const { account, quantities } of all) {
    const { environment, unit } = account;
    for (const { amount, credits, cost, ...row } of quantities) {
      const name = JSON.stringify([environment, unit, ...Object.values(row)]);
      const sum = rows.get(name);
      if (!sum) rows.set(name, { ...row, environment, unit, amount, credits, cost });
      else {
        sum.amount = sum.amount.plus(amount);
        sum.credits = sum.credits.plus(credits);
        sum.cost = sum.cost.plus(cost);
      }
    }
  }
  return [...rows.values()];
}
