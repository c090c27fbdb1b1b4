import type { RowChanges } from '../changes.ts';
import type { AccountKey } from '../ids.ts';
import { isUnderWay, type Purchase } from '../purchases.ts';
import type { Refills } from '../refills.ts';
import type { AccountState } from '../state.ts';
import { must } from './must.ts';

export function writeRefills(
  rows: Map<AccountKey, Refills>,
  { created, updated }: Pick<RowChanges<AccountState>, 'created' | 'updated'>,
): void {
  for (const { account } of created) must(!rows.has(account.key), 'the refills of an account are one row');
  for (const { account } of updated) must(rows.has(account.key), 'refills that are updated were written before');
  for (const { account, refills } of [...created, ...updated]) rows.set(account.key, refills);
}

/** One that has ended makes room for another, so what is updated is written first. */
export function writePurchases(
  rows: Map<string, Purchase>,
  { created, updated }: Pick<RowChanges<Purchase>, 'created' | 'updated'>,
): void {
  for (const { id } of created) must(!rows.has(id), 'a purchase is written once');
  for (const { id } of updated) must(rows.has(id), 'a purchase that is updated was written before');
  for (const one of [...updated, ...created]) {
    const others = [...rows.values()].filter(({ id, accountKey }) => id !== one.id && accountKey === one.accountKey);
    must(!isUnderWay(one) || !others.some(isUnderWay), 'an account has at most one purchase under way');
    rows.set(one.id, { ...one });
  }
}
