import { type Amount, ZERO } from '#amounts';
import type { MoneyFact } from './money-fact.ts';
import { addMeasures, areNone, noMeasures, type Measures } from './measures.ts';
import type { UsageGroup } from './usage-shares.ts';

export const SLOT_MS = 15 * 60 * 1000;
/** Stands for no key of the API, and for no grant. */
export const NIL_UUID = '00000000-0000-0000-0000-000000000000';

/** The beginning of the quarter of an hour that an instant is in. Both in milliseconds since 1970. */
export function slotOf(at: number): number {
  return Math.floor(at / SLOT_MS) * SLOT_MS;
}

interface Dimensions extends UsageGroup {
  readonly slot: number;
  readonly keyId: string;
}

export interface UsageRow extends Dimensions {
  readonly currency: string;
  readonly measures: Measures;
}

export interface QuantityRow extends Dimensions {
  readonly quantity: string;
  readonly currency: string;
  amount: Amount;
  credits: Amount;
  cost: Amount;
}

export interface TagRow {
  readonly slot: number;
  readonly tag: string;
  readonly value: string;
  readonly currency: string;
  readonly measures: Measures;
}

export interface MoneyRow {
  readonly slot: number;
  readonly grantId: string;
  readonly kind: string;
  readonly category: string;
  readonly currency: string;
  count: number;
  credits: Amount;
  money: Amount;
}

/** Adds up the facts of one account, row by row of the tables that keep them. */
export class FactSums {
  readonly #usage = new Map<string, UsageRow>();
  readonly #quantities = new Map<string, QuantityRow>();
  readonly #tags = new Map<string, TagRow>();
  readonly #money = new Map<string, MoneyRow>();

  /** Rows in which nothing is left are none. */
  get usage(): UsageRow[] {
    return [...this.#usage.values()].filter(({ measures }) => !areNone(measures));
  }

  get quantities(): QuantityRow[] {
    return [...this.#quantities.values()].filter(
      ({ amount, credits, cost }) => !(amount.isZero() && credits.isZero() && cost.isZero()),
    );
  }

  /** In the order in which they came up, because of too many values the first ones are kept. */
  get tags(): TagRow[] {
    return [...this.#tags.values()];
  }

  get money(): MoneyRow[] {
    return [...this.#money.values()];
  }

  addUsage(at: number, group: UsageGroup, keyId: string, currency: string, change: Partial<Measures>): void {
    if (areNone(change)) return;
    const { event, model, provider } = group;
    const slot = slotOf(at);
    const name = JSON.stringify([slot, event, model, provider, keyId, currency]);
    let row = this.#usage.get(name);
    if (!row) {
      row = { slot, event, model, provider, keyId, currency, measures: noMeasures() };
      this.#usage.set(name, row);
    }
    addMeasures(row.measures, change);
  }

  addQuantity(
    at: number,
    group: UsageGroup,
    keyId: string,
    { quantity, currency, ...change }: Pick<QuantityRow, 'quantity' | 'currency' | 'amount' | 'credits' | 'cost'>,
  ): void {
    const { event, model, provider } = group;
    const slot = slotOf(at);
    const name = JSON.stringify([slot, event, model, provider, keyId, quantity, currency]);
    let row = this.#quantities.get(name);
    if (!row) {
      row = { slot, event, model, provider, keyId, quantity, currency, amount: ZERO, credits: ZERO, cost: ZERO };
      this.#quantities.set(name, row);
    }
    row.amount = row.amount.plus(change.amount);
    row.credits = row.credits.plus(change.credits);
    row.cost = row.cost.plus(change.cost);
  }

  addTag(at: number, tag: string, value: string, currency: string, change: Partial<Measures>): void {
    if (areNone(change)) return;
    const slot = slotOf(at);
    const name = JSON.stringify([slot, tag, value, currency]);
    let row = this.#tags.get(name);
    if (!row) {
      row = { slot, tag, value, currency, measures: noMeasures() };
      this.#tags.set(name, row);
    }
    addMeasures(row.measures, change);
  }

  addMoney({ at, grantId, kind, category, currency, credits, money }: MoneyFact): void {
    const slot = slotOf(at);
    const name = JSON.stringify([slot, grantId, kind, category, currency]);
    let row = this.#money.get(name);
    if (!row) {
      row = { slot, grantId: grantId ?? NIL_UUID, kind, category, currency, count: 0, credits: ZERO, money: ZERO };
      this.#money.set(name, row);
    }
    row.count += 1;
    row.credits = row.credits.plus(credits);
    row.money = row.money.plus(money);
  }
}
