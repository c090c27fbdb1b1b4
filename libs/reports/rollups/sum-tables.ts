import { formatAmount, type Amount } from '#amounts';
import type { AccountKey } from '#ledger';
import type { MoneyRow, QuantityRow, TagRow, UsageRow } from '../facts/fact-sums.ts';
import { AMOUNTS, COUNTS, type Measures } from '../facts/measures.ts';

type Value = string | number;

export interface SumColumn<Row> {
  readonly name: string;
  readonly type: string;
  readonly value: (row: Row) => Value;
}

/** A table of sums by a key. */
export interface SumTable<Row> {
  readonly name: string;
  readonly key: readonly SumColumn<Row>[];
  readonly sums: readonly SumColumn<Row>[];
}

export interface OfAccount {
  readonly accountKey: AccountKey;
}

export interface OfUnit {
  readonly environment: string;
  readonly unit: string;
}

const COLUMN_OF: Readonly<Record<string, string>> = {
  unknownCosts: 'unknown_costs',
  promotionalCost: 'promotional_cost',
};

function column<Row>(name: string, type: string, value: (row: Row) => Value): SumColumn<Row> {
  return { name, type, value };
}

function amount<Row>(name: string, of: (row: Row) => Amount): SumColumn<Row> {
  return column(name, 'numeric', (row) => formatAmount(of(row)));
}

const ACCOUNT = column<OfAccount>('account_id', 'bigint', ({ accountKey }) => accountKey);
const UNIT = [
  column<OfUnit>('environment', 'text', ({ environment }) => environment),
  column<OfUnit>('unit', 'text', ({ unit }) => unit),
];
const SLOT = column<{ readonly slot: number }>('slot', 'timestamptz', ({ slot }) => new Date(slot).toISOString());
const CURRENCY = column<{ readonly currency: string }>('currency', 'text', ({ currency }) => currency);

const USAGE_KEY: readonly SumColumn<Omit<UsageRow, 'measures'>>[] = [
  SLOT,
  column('event', 'text', ({ event }) => event),
  column('model', 'text', ({ model }) => model),
  column('provider', 'text', ({ provider }) => provider),
  column('key_id', 'uuid', ({ keyId }) => keyId),
];

const MEASURES: readonly SumColumn<{ readonly measures: Measures }>[] = [
  ...COUNTS.map((name) =>
    column<{ readonly measures: Measures }>(COLUMN_OF[name] ?? name, 'bigint', ({ measures }) => measures[name]),
  ),
  ...AMOUNTS.map((name) =>
    amount<{ readonly measures: Measures }>(COLUMN_OF[name] ?? name, ({ measures }) => measures[name]),
  ),
];

const QUANTITY = column<QuantityRow>('quantity', 'text', ({ quantity }) => quantity);
const QUANTITY_SUMS: readonly SumColumn<QuantityRow>[] = [
  amount('amount', (row) => row.amount),
  amount('credits', (row) => row.credits),
  amount('cost', (row) => row.cost),
];

export const USAGE_SLOTS: SumTable<UsageRow & OfAccount> = {
  name: 'usage_slots',
  key: [ACCOUNT, ...USAGE_KEY, CURRENCY],
  sums: MEASURES,
};

export const USAGE_QUANTITIES: SumTable<QuantityRow & OfAccount> = {
  name: 'usage_quantities',
  key: [ACCOUNT, ...USAGE_KEY, QUANTITY, CURRENCY],
  sums: QUANTITY_SUMS,
};

export const TAG_SLOTS: SumTable<TagRow & OfAccount> = {
  name: 'tag_slots',
  key: [
    ACCOUNT,
    column('tag', 'text', ({ tag }) => tag),
    column('value', 'text', ({ value }) => value),
    SLOT,
    CURRENCY,
  ],
  sums: MEASURES,
};

export const MONEY_SLOTS: SumTable<MoneyRow & OfAccount> = {
  name: 'money_slots',
  key: [
    ACCOUNT,
    SLOT,
    column('grant_id', 'uuid', ({ grantId }) => grantId),
    column('kind', 'text', ({ kind }) => kind),
    column('category', 'text', ({ category }) => category),
    CURRENCY,
  ],
  sums: [
    column('count', 'bigint', ({ count }) => count),
    amount('credits', ({ credits }) => credits),
    amount('money', ({ money }) => money),
  ],
};

export const ENVIRONMENT_USAGE_SLOTS: SumTable<UsageRow & OfUnit> = {
  name: 'environment_usage_slots',
  key: [...UNIT, ...USAGE_KEY, CURRENCY],
  sums: MEASURES,
};

export const ENVIRONMENT_USAGE_QUANTITIES: SumTable<QuantityRow & OfUnit> = {
  name: 'environment_usage_quantities',
  key: [...UNIT, ...USAGE_KEY, QUANTITY, CURRENCY],
  sums: QUANTITY_SUMS,
};
