import { Amount } from '#amounts';
import type { Transfer } from '../chart.ts';
import type { AskedRefund, ProviderRefund } from '../commands.ts';
import type { Grant } from '../grant.ts';
import type { PaymentResult, Purchase, PurchaseTerms } from '../purchases.ts';
import type { AccountState } from '../state.ts';
import { accountRef, ENVIRONMENT, LedgerFixture } from './ledger-fixture.ts';
import type { Named } from './fixture-options.ts';
import { must } from './must.ts';
import { plain, type Plain } from './plain.ts';

/** An empty ledger that sells credits. */
export function sellerAt(time: string): PurchaseFixture {
  return new PurchaseFixture(Date.parse(time));
}

const CENT = new Amount('0.01');

interface SaleOptions extends Partial<Omit<PurchaseTerms, 'credits' | 'bonusCredits' | 'price'>> {
  readonly bonus?: string;
  /** One unit of money for each hundred credits, where it isn't said. */
  readonly price?: string;
}

/** The ledger's fixture, with the commands about purchases. */
export class PurchaseFixture extends LedgerFixture {
  /** Begins a purchase whose credits cost a hundredth each. */
  buy(credits: string, { bonus = '0', price, ...terms }: SaleOptions = {}, id = this.currentAccount): Plain<Purchase> {
    const decision = this.run<'begin_purchase'>({
      type: 'begin_purchase',
      account: accountRef(id),
      credits: new Amount(credits),
      bonusCredits: new Amount(bonus),
      price: price === undefined ? new Amount(credits).div(100) : new Amount(price),
      currency: 'EUR',
      provider: 'test',
      paymentMethod: 'pm_ok',
      customer: null,
      package: null,
      expiresAfterMs: null,
      priority: 100,
      metadata: {},
      ...terms,
    });
    return plain(decision.purchase);
  }

  /** Begins a purchase, and records that it is paid. */
  bought(credits: string, options: SaleOptions = {}): Plain<Purchase> {
    return this.pay(this.buy(credits, options));
  }

  pay({ id }: Named, result: Partial<PaymentResult> = {}): Plain<Purchase> {
    const purchase = { environment: ENVIRONMENT, id };
    const whole = { status: 'succeeded', reference: 'pi_1', ...result } as const;
    return plain(this.run<'record_payment'>({ type: 'record_payment', purchase, result: whole }).purchase);
  }

  decline(purchase: Named, code = 'card_declined'): Plain<Purchase> {
    return this.pay(purchase, { status: 'failed', failure: { code, message: 'The card was declined.' } });
  }

  cancel({ id }: Named): Plain<Purchase> {
    const purchase = { environment: ENVIRONMENT, id };
    return plain(this.run<'cancel_purchase'>({ type: 'cancel_purchase', purchase }).purchase);
  }

  /** Gives money back for so many credits, or for all that are unspent, in whole cents. */
  refundCredits({ id }: Named, credits: string | null = null): Plain<Purchase> {
    const asked = { origin: 'asked', credits: credits === null ? null : new Amount(credits), minorUnit: CENT } as const;
    return this.refundPurchase(id, asked);
  }

  /** Records a refund that was made at the provider. */
  refundMoney({ id }: Named, money: string, reference = `re_${money}`): Plain<Purchase> {
    return this.refundPurchase(id, { origin: 'provider', money: new Amount(money), reference });
  }

  /** Settles a refund of a purchase: the last one, or the nth. */
  settleRefund({ id }: Named, status: 'succeeded' | 'failed' = 'succeeded', nth = -1): Plain<Purchase> {
    const purchase = { environment: ENVIRONMENT, id };
    const refund = this.rows.purchases.get(id)?.refunds.at(nth)?.id;
    must(refund !== undefined, 'there is a refund to be settled');
    const command = { type: 'settle_refund', purchase, refund, status, reference: 're_1' } as const;
    return plain(this.run<'settle_refund'>(command).purchase);
  }

  /** Says that a refund which was made at the provider has failed. */
  failRefund({ id }: Named, reference: string): Plain<Purchase> {
    const purchase = { environment: ENVIRONMENT, id };
    const command = { type: 'settle_refund', purchase, refund: null, status: 'failed', reference } as const;
    return plain(this.run<'settle_refund'>(command).purchase);
  }

  dispute(
    { id }: Named,
    state: 'opened' | 'won' | 'lost' = 'opened',
    { money, reference = 'dp_1' }: { readonly money?: string; readonly reference?: string } = {},
  ): Plain<Purchase> {
    const purchase = { environment: ENVIRONMENT, id };
    const disputed = money === undefined ? null : new Amount(money);
    const command = { type: 'record_dispute', purchase, state, reference, money: disputed } as const;
    return plain(this.run<'record_dispute'>(command).purchase);
  }

  /** Grants credits that were paid for elsewhere. */
  createPaidGrant(amount: string, paid: string, id = this.currentAccount): Plain<Grant> {
    const decision = this.run<'create_grant'>({
      type: 'create_grant',
      account: accountRef(id),
      amount: new Amount(amount),
      category: 'paid',
      priority: 100,
      scope: null,
      costBasis: null,
      paid: { amount: new Amount(paid), currency: 'EUR' },
      effectiveAt: null,
      expiresAt: null,
      metadata: {},
    });
    return plain(decision.grant);
  }

  /** Voids a grant, and says how much money was returned for it. */
  voidReturning({ id }: Named, returned: string): Plain<Grant> {
    const grant = { environment: ENVIRONMENT, id };
    return plain(this.run<'void_grant'>({ type: 'void_grant', grant, returned: new Amount(returned) }).grant);
  }

  amount(text: string): Amount {
    return new Amount(text);
  }

  /** The account's grants as they are now, in the order in which they were made. */
  grants(id = this.currentAccount): Plain<Grant>[] {
    return plain(this.rows.grantsOf(accountRef(id).key));
  }

  /** A purchase as it is now. */
  purchase({ id }: Named): Plain<Purchase> {
    const purchase = this.rows.purchases.get(id);
    must(purchase !== undefined, `the purchase ${id} exists`);
    return plain(purchase);
  }

  /** What is in the account's books now, with what time alone has done, whether or not that was booked. */
  booksNow(id = this.currentAccount): {
    readonly account: AccountState;
    readonly grants: readonly Grant[];
    readonly transfers: readonly Transfer[];
  } {
    const { state, changes } = this.rows.loadAll(this.now);
    const account = state.accounts.get(accountRef(id).key);
    must(account !== undefined, `the account ${id} exists`);
    const grants = [...state.grants.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return { account, grants, transfers: [...this.rows.transfers, ...changes.transfers] };
  }

  private refundPurchase(id: string, how: AskedRefund | ProviderRefund): Plain<Purchase> {
    const command = { type: 'refund_purchase', purchase: { environment: ENVIRONMENT, id }, ...how };
    return plain(this.run<'refund_purchase'>(command as Parameters<typeof this.run<'refund_purchase'>>[0]).purchase);
  }
}
