import { formatAmount, type JsonObject } from '#amounts';
import type { Usage } from '#pricing';
import type { UsageRecord } from '../usage-record.ts';
import { amountOf, type HoldOptions, type Named, type SpendOptions, type StateOptions } from './fixture-options.ts';
import { ENVIRONMENT, LedgerFixture } from './ledger-fixture.ts';
import type { PlainAuthorization } from './plain-authorization.ts';
import { plain, type Plain } from './plain.ts';
import { TestPrices } from './test-prices.ts';

/** The rate card that specs publish, and give to accounts. */
export const RATE_CARD = '01920000-0000-7000-8000-000000000001';

/** An empty ledger with prices, whose clock stands still at this time. */
export function pricedLedgerAt(time: string): PricedFixture {
  return new PricedFixture(Date.parse(time));
}

/** A ledger whose commands speak of usage too. */
export class PricedFixture extends LedgerFixture {
  private readonly prices = new TestPrices();

  constructor(now: number) {
    super(now);
    this.rows.prices = this.prices;
  }

  /** Publishes the next version of a rate card, in effect from now on. */
  publish(prices: readonly JsonObject[], card = RATE_CARD): this {
    this.prices.publish(card, prices, this.now);
    return this;
  }

  /** Holds what usage may cost. */
  authorizeUsage(usage: Usage | readonly Usage[], options: HoldOptions = {}): PlainAuthorization {
    return this.answer(
      this.run<'authorize'>({ type: 'authorize', ...this.request({ ...options, usage: listOf(usage) }) }),
    );
  }

  chargeUsage(usage: Usage | readonly Usage[], options: SpendOptions = {}): PlainAuthorization {
    return this.answer(this.run<'charge'>({ type: 'charge', ...this.request({ ...options, usage: listOf(usage) }) }));
  }

  commitUsage({ id }: Named, usage: Usage | readonly Usage[], options: StateOptions = {}): PlainAuthorization {
    const { amount, final = true, settlement = 'exact', added = null } = options;
    const stated = { usage: listOf(usage), raw: null, settlement };
    const authorization = { environment: ENVIRONMENT, id };
    const command = { type: 'commit', authorization, amount: amountOf(amount), stated, final, added } as const;
    return this.answer(this.run<'commit'>(command));
  }

  extendUsage({ id }: Named, usage: Usage | readonly Usage[]): PlainAuthorization {
    const authorization = { environment: ENVIRONMENT, id };
    const command = { type: 'extend', authorization, amount: null, usage: listOf(usage), holdSeconds: null } as const;
    return this.answer(this.run<'extend'>(command));
  }

  /** States all that was used; by an amount where there is one. */
  adjust({ id }: Named, usage: Usage | readonly Usage[], { amount, reason }: StateOptions = {}): PlainAuthorization {
    const stated = { usage: listOf(usage), raw: null, settlement: 'exact' } as const;
    const authorization = { environment: ENVIRONMENT, id };
    const command = {
      type: 'adjust',
      authorization,
      amount: amountOf(amount),
      stated,
      reason: reason ?? null,
    } as const;
    return this.answer(this.run<'adjust'>(command));
  }

  /** What was left uncollected so far, and taken off it again, oldest first. */
  uncollected(): string[] {
    return this.rows.uncollected.map(({ amount }) => formatAmount(amount));
  }

  /** What was recorded of usage so far, oldest first. */
  usageRecords(): Plain<UsageRecord>[] {
    return plain(this.rows.usageRecords);
  }
}

function listOf(usage: Usage | readonly Usage[]): readonly Usage[] {
  return Array.isArray(usage) ? (usage as readonly Usage[]) : [usage as Usage];
}
