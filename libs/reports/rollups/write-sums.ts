import type { Queryable } from '#ledger-store';
import type { MoneyRow, QuantityRow, TagRow, UsageRow } from '../facts/fact-sums.ts';
import type { SliceAccount } from '../facts/journal-slice.ts';
import { addMeasures } from '../facts/measures.ts';
import { addSums } from './add-sums.ts';
import {
  ENVIRONMENT_USAGE_QUANTITIES,
  ENVIRONMENT_USAGE_SLOTS,
  MONEY_SLOTS,
  USAGE_QUANTITIES,
  USAGE_SLOTS,
} from './sum-tables.ts';
import { writeTags } from './write-tags.ts';

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
  await writeTags(database, all);
  await addSums(database, ENVIRONMENT_USAGE_SLOTS, usageOfUnits(all));
  await addSums(database, ENVIRONMENT_USAGE_QUANTITIES, quantitiesOfUnits(all));
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
