import { Amount, formatAmount, ZERO, type JsonObject } from '#amounts';
import type { Grant, GrantCategory, Transfer } from '#ledger';
import { accountRef } from '../../ledger/testing/ledger-fixture.ts';
import { PurchaseFixture } from '../../ledger/testing/purchase-fixture.ts';
import type { Plain } from '../../ledger/testing/plain.ts';
import { Refused } from '../../ledger/testing/refused.ts';
import type { MoneyFact } from '../facts/money-fact.ts';
import { moneyFacts } from '../money/money-facts.ts';
import type { MoneyRefund, MoneyRows } from '../money/money-rows.ts';
import { poolFrom, poolJson } from '../money/pool.ts';

/** An empty ledger whose money is looked at. */
export function moneyAt(time: string): MoneyFixture {
  return new MoneyFixture(Date.parse(time));
}

/** Does what may be refused; then it changes nothing. */
export function ifNotRefused(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}

interface PaidOptions {
  readonly paid?: string;
  readonly costBasis?: string;
  readonly currency?: string;
  readonly category?: GrantCategory;
  readonly priority?: number;
  /** Grants that name one are bought together. */
  readonly reference?: string;
  /** Seconds from now. */
  readonly expiresIn?: number;
}

/** What a fact says, with the place of its grant among those of the ledger: `#1`; `debt` of the debt. */
export type PlainFact = readonly [kind: string, of: string, credits: string, money: string];

const FIRST = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export class MoneyFixture extends PurchaseFixture {
  buyGrant(amount: string, options: PaidOptions = {}): Plain<Grant> {
    const { paid, costBasis, currency = 'USD', category = 'paid', priority = 100, reference, expiresIn } = options;
    const decision = this.run<'create_grant'>({
      type: 'create_grant',
      account: accountRef(this.currentAccount),
      amount: new Amount(amount),
      category,
      priority,
      scope: null,
      costBasis: costBasis === undefined ? null : new Amount(costBasis),
      ...(paid !== undefined && { paid: { amount: new Amount(paid), currency } }),
      ...(reference !== undefined && { purchaseReference: reference }),
      effectiveAt: null,
      expiresAt: expiresIn === undefined ? null : this.now + expiresIn * 1000,
      metadata: {},
    });
    return { ...decision.grant, amount } as unknown as Plain<Grant>;
  }

  /** Gives paid credits every month, whose rest rolls over for another month. */
  subscribe(amount: string, price: string): void {
    this.run<'put_recurring_grant'>({
      type: 'put_recurring_grant',
      account: accountRef(this.currentAccount),
      name: 'plan',
      terms: {
        amount: new Amount(amount),
        interval: 'month',
        every: 1,
        timeZone: null,
        category: 'paid',
        priority: 100,
        expires: 'end_of_period',
        rollover: { max: null, percent: new Amount(50), periods: 1 },
        scope: null,
        price: new Amount(price),
        currency: 'USD',
        prorateFirst: false,
      },
      startsAt: null,
      endsAt: this.now + 31 * 86_400_000,
      anchor: null,
    });
  }

  /** Sets the clock forward to a time. */
  until(time: string): this {
    return this.advance((Date.parse(time) - this.now) / 1000);
  }

  /** The journal of the only account so far. */
  get journal(): readonly Transfer[] {
    return this.rows.transfers;
  }

  get grantsMade(): readonly Grant[] {
    return [...this.rows.grants.values()];
  }

  moneyRows(after = FIRST, upTo = LAST): MoneyRows {
    const refunds = [...this.rows.purchases.values()].flatMap(({ refunds: made, grants, currency }) =>
      made.map((refund): MoneyRefund => ({ ...refund, grants, currency })),
    );
    const transfers = this.journal.filter(({ id }) => id > after && id <= upTo);
    return {
      transfers,
      grants: this.rows.grants,
      refunds,
      isNew: ({ id }) => id > after && id <= upTo,
      currency: 'USD',
    };
  }

  /** All facts, computed at once. */
  facts(): readonly MoneyFact[] {
    this.sweep();
    return moneyFacts(this.moneyRows(), new Map()).facts;
  }

  /** The same, a transaction at a time, with the pools as they are stored. */
  factsInSteps(): readonly MoneyFact[] {
    this.sweep();
    const pools = new Map<string, JsonObject>();
    const commands = [...new Set(this.journal.map(({ transactionId }) => transactionId))];
    const ends = commands.map((one) => this.journal.filter(({ transactionId }) => transactionId === one).at(-1)?.id);
    let after = FIRST;
    return [...ends, LAST].flatMap((upTo = LAST) => {
      const { facts, pools: changed } = moneyFacts(
        this.moneyRows(after, upTo),
        new Map([...pools].map(([name, stored]) => [name, poolFrom(stored)])),
      );
      for (const [name, pool] of changed) pools.set(name, poolJson(pool));
      after = upTo;
      return facts;
    });
  }

  plainFacts(): PlainFact[] {
    const places = new Map(this.grantsMade.map(({ id }, index) => [id, `#${String(index + 1)}`]));
    return this.facts().map(({ kind, grantId, credits, money }) => {
      const of = grantId === null ? 'debt' : (places.get(grantId) ?? '?');
      return [kind, of, formatAmount(credits), formatAmount(money)];
    });
  }

  /** What is paid and neither earned nor returned. */
  deferred(): string {
    return formatAmount(this.facts().reduce((sum, { money }) => sum.plus(money), ZERO));
  }
}
