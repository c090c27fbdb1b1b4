import type { AccountKey } from '#ledger';
import type { Names } from './names.ts';
import type { ReferenceLedger } from './reference-ledger.ts';
import { statusOf, type ReferencePurchase } from './reference-purchases.ts';
import { topupFigures } from './reference-topups.ts';
import { planFiguresInWords, recurringFigures, topupFiguresInWords } from './refill-words.ts';
import { text } from './units.ts';

export function expectedPurchase(one: ReferencePurchase): object {
  const { credits, bonus, price } = one;
  const amounts = { credits: text(credits), bonus: text(bonus), price: text(price) };
  return { status: statusOf(one), automatic: one.automatic !== null, ...amounts };
}

/** By account: its rule to buy credits, its recurring grants, and its plan. */
export function expectedRefills(reference: ReferenceLedger): Record<string, unknown> {
  const topups = reference.topups.map((rule) => [`${rule.account} buys`, topupFigures(rule)] as const);
  const recurring = reference.recurring
    .filter(({ isDeleted }) => !isDeleted)
    .map((one) => [`${one.account} gets ${one.name}`, reference.recurringFigures(one)] as const);
  const plans = reference.plans.map(({ account, current, next }) => {
    return [`${account} is on`, { plan: current, next, ...reference.advancesOf(account) }] as const;
  });
  return Object.fromEntries([...topups, ...recurring, ...plans]);
}

export interface RefillsRow {
  readonly id: AccountKey;
  readonly topup: Readonly<Record<string, unknown>> | null;
  readonly recurring: readonly Readonly<Record<string, unknown>>[];
  readonly plan: Readonly<Record<string, unknown>> | null;
}

export function foundRefills({ id, topup, recurring, plan }: RefillsRow, names: Names): (readonly [string, unknown])[] {
  const owner = names.accounts.get(id) ?? id;
  const live = recurring.filter(({ deletedAt }) => deletedAt === null);
  return [
    ...(topup ? [[`${owner} buys`, topupFiguresInWords(topup)] as const] : []),
    ...live.map((one) => [`${owner} gets ${String(one['name'])}`, recurringFigures(one, names)] as const),
    ...(plan ? [[`${owner} is on`, planFiguresInWords(plan)] as const] : []),
  ];
}

const plain = (column: string): string => `trim_scale(${column})::text`;

export const PURCHASES = `
  select account_id, json_build_object('id', id, 'object', json_build_object(
    'status', status, 'automatic', automatic, 'credits', ${plain('credits')}, 'bonus', ${plain('bonus_credits')},
    'price', ${plain('price')})) as row
  from purchases where account_id = any($1::bigint[])`;
export const REFILLS = `
  select account_id, json_build_object('id', account_id::text, 'topup', auto_topup, 'recurring', recurring, 'plan', plan) as row
  from account_refills where account_id = any($1::bigint[])`;
