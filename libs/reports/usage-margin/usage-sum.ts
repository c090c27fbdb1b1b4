import { Amount, ZERO } from '#amounts';

/** What usage is grouped by. `account`, `key` and the like are columns of the roll-ups, `token_type` those of quantities. */
export type UsageGrouping =
  | { readonly by: 'model' | 'event' | 'provider' | 'key' | 'account' | 'token_type' }
  | { readonly by: 'tag'; readonly tag: string }
  /** Of accounts. */
  | { readonly by: 'metadata'; readonly name: string };

/** What usage of one value adds up to on a day, in one currency. */
export interface UsageSum {
  /** By the calendar of a time zone; '' where days aren't told apart. */
  readonly day: string;
  readonly value: string;
  readonly unit: string;
  /** '' where there is no money. */
  readonly currency: string;
  readonly requests: number;
  readonly late: number;
  readonly unpriced: number;
  readonly unknownCosts: number;
  /** How much was used of a quantity; 0 of other groupings. */
  readonly quantity: Amount;
  /** Credits by where they came from, less refunds. */
  readonly paid: Amount;
  readonly promotional: Amount;
  readonly included: Amount;
  readonly debt: Amount;
  /** What a quantity was priced at; of other groupings, all of the four before. */
  readonly credits: Amount;
  readonly uncollected: Amount;
  readonly refunded: Amount;
  readonly revenue: Amount;
  readonly cost: Amount;
  readonly promotionalCost: Amount;
}

export const COUNT_NAMES = ['requests', 'late', 'unpriced', 'unknownCosts'] as const;
export const CREDIT_NAMES = [
  'quantity',
  'credits',
  'paid',
  'promotional',
  'included',
  'debt',
  'uncollected',
  'refunded',
] as const;
export const MONEY_NAMES = ['revenue', 'cost', 'promotionalCost'] as const;

export type UsageFigures = Pick<
  UsageSum,
  (typeof COUNT_NAMES)[number] | (typeof CREDIT_NAMES)[number] | (typeof MONEY_NAMES)[number]
>;
export type MutableFigures = { -readonly [Name in keyof UsageFigures]: UsageFigures[Name] };

export function noFigures(): MutableFigures {
  return {
    ...{ requests: 0, late: 0, unpriced: 0, unknownCosts: 0 },
    ...{ quantity: ZERO, credits: ZERO, paid: ZERO, promotional: ZERO, included: ZERO, debt: ZERO },
    ...{ uncollected: ZERO, refunded: ZERO, revenue: ZERO, cost: ZERO, promotionalCost: ZERO },
  };
}

/** Adds in place. Money counts where it is in that currency, all else whatever the currency of its row is. */
export function addFigures(figures: MutableFigures, sum: UsageFigures, isMoney: boolean): void {
  for (const name of COUNT_NAMES) figures[name] += sum[name];
  for (const name of isMoney ? [...CREDIT_NAMES, ...MONEY_NAMES] : CREDIT_NAMES)
    figures[name] = figures[name].plus(sum[name]);
}

export function areNone(figures: UsageFigures): boolean {
  return (
    COUNT_NAMES.every((name) => figures[name] === 0) &&
    [...CREDIT_NAMES, ...MONEY_NAMES].every((name) => figures[name].isZero())
  );
}

/** A row of sums as Postgres writes it. */
export type UsageSumRow = { readonly [Name in keyof UsageSum]: string };

export function sumFromRow(row: UsageSumRow): UsageSum {
  const figures = noFigures();
  for (const name of COUNT_NAMES) figures[name] = Number(row[name]);
  for (const name of [...CREDIT_NAMES, ...MONEY_NAMES]) figures[name] = new Amount(row[name]);
  const { day, value, unit, currency } = row;
  return { ...figures, day, value, unit, currency };
}
