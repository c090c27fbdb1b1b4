import { Amount } from '#amounts';
import type { AutoTopup, AutoTopupTerms, TopupSize } from '../auto-topup.ts';
import type { TopupUnderWay } from '../refills.ts';
import { accountRef } from './ledger-fixture.ts';
import { must } from './must.ts';
import { plain, type Plain } from './plain.ts';
import { PurchaseFixture } from './purchase-fixture.ts';

/** An empty ledger whose accounts may buy credits by themselves. */
export function topupLedgerAt(time: string): TopupFixture {
  return new TopupFixture(Date.parse(time));
}

interface RuleOptions extends Partial<Omit<AutoTopupTerms, 'threshold' | 'buys' | 'cooldownMs' | 'maxPerPeriod'>> {
  readonly threshold?: string;
  readonly amount?: string;
  readonly target?: string;
  readonly buys?: TopupSize;
  /** In seconds. */
  readonly cooldown?: number;
  readonly cap?: { readonly period: 'day' | 'week' | 'month'; readonly count?: number; readonly amount?: string };
}

/** The ledger's fixture, with rules that buy credits: 100 of them at 20 or less, where nothing else is said. */
export class TopupFixture extends PurchaseFixture {
  setAutoTopup(options: RuleOptions | null = {}, id = this.currentAccount): this {
    const terms = options && termsOf(options);
    this.run<'set_auto_topup'>({ type: 'set_auto_topup', account: accountRef(id), terms });
    return this;
  }

  /** The purchase under way, if any. */
  underWay(id = this.currentAccount): Plain<TopupUnderWay> | null {
    return plain(this.refillsOf(id).underWay);
  }

  /** The same; there has to be one. */
  mustBeUnderWay(id = this.currentAccount): { readonly id: string; readonly credits: string } {
    const found = this.underWay(id);
    must(found !== null, 'a purchase is under way');
    return { id: found.purchase, credits: found.credits };
  }

  rule(id = this.currentAccount): AutoTopup {
    const { autoTopup } = this.refillsOf(id);
    must(autoTopup !== null, 'the account has a rule');
    return autoTopup;
  }

  /** What rules have begun to buy so far. */
  ordered(): string[] {
    const purchases = [...this.rows.purchases.values()].filter(({ automatic }) => automatic);
    return purchases.map(({ credits }) => credits.toFixed());
  }

  /** The ids of all purchases, oldest first. */
  purchases(): string[] {
    return [...this.rows.purchases.keys()];
  }

  private refillsOf(id: string) {
    return this.rows.refillsOf(accountRef(id).key);
  }
}

function termsOf({
  threshold = '20',
  amount = '100',
  target,
  cooldown = 0,
  cap,
  ...rest
}: RuleOptions): AutoTopupTerms {
  return {
    enabled: true,
    on: 'available',
    threshold: new Amount(threshold),
    buys: target === undefined ? { amount: new Amount(amount) } : { target: new Amount(target) },
    offer: {
      package: null,
      pricePerCredit: new Amount('0.01'),
      price: null,
      currency: 'USD',
      minorUnit: new Amount('0.01'),
      expiresAfterMs: null,
      priority: 100,
    },
    provider: 'test',
    paymentMethod: 'pm_ok',
    customer: null,
    cooldownMs: cooldown * 1000,
    maxPerPeriod: cap
      ? {
          period: cap.period,
          count: cap.count ?? null,
          amount: cap.amount === undefined ? null : new Amount(cap.amount),
        }
      : null,
    ...rest,
  };
}
