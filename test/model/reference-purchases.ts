import { debtOf, fundingOf, type ReferenceGrant } from './reference-books.ts';
import { ReferenceCommitments } from './reference-commitments.ts';
import { noAccount, ownId, refusal } from './reference-funding.ts';
import type { AccountName, Answer, ObjectName, Requests } from './requests.ts';
import { larger, proratedUnits, smaller, sum, text, units, type Units } from './units.ts';

/** Money that went back, what it had paid for, and what of that was there to be taken. */
interface ReferenceReturn {
  readonly reference: string;
  readonly money: Units;
  readonly credits: Units;
  readonly taken: Units;
  readonly tookAll: boolean;
}

export interface ReferencePurchase {
  readonly name: ObjectName;
  readonly account: AccountName;
  readonly credits: Units;
  /** Nothing, or as much as the credits. */
  readonly bonus: Units;
  readonly price: Units;
  readonly lifetime: number | null;
  /** The method by which a rule of the account pays for it; `null` where somebody buys. */
  readonly automatic: string | null;
  readonly createdAt: number;
  payment: 'pending' | 'failed' | 'paid';
  failure: string | null;
  isOtherAmount: boolean;
  grants: readonly ReferenceGrant[];
  returns: readonly ReferenceReturn[];
}

/** Sells credits: they are granted when they are paid for, and taken back with the money. */
export class ReferencePurchases extends ReferenceCommitments {
  purchases: ReferencePurchase[] = [];

  buy({ account, credits, hasBonus, price, lifetime }: Requests['buy'], name: ObjectName): Answer {
    const there = this.accounts.find((one) => one.name === account);
    if (!there) return noAccount(account);
    if (there.status === 'closed') return { ...refusal('account_closed'), account: ownId(account) };
    const underWay = this.underWay(account);
    if (underWay) return { ...refusal('topup_under_way'), account: ownId(account), purchase: underWay.name };
    const bought = units(credits);
    const bonus = hasBonus ? bought : 0n;
    const terms = { name, account, credits: bought, bonus, price: units(price), lifetime, automatic: null };
    return this.purchaseView(this.beginPurchase(terms));
  }

  beginPurchase(
    terms: Pick<ReferencePurchase, 'name' | 'account' | 'credits' | 'bonus' | 'price' | 'lifetime' | 'automatic'>,
  ): ReferencePurchase {
    const purchase: ReferencePurchase = {
      ...{ ...terms, createdAt: this.now },
      ...{ payment: 'pending', failure: null, isOtherAmount: false, grants: [], returns: [] },
    };
    this.purchases.push(purchase);
    return purchase;
  }

  underWay(account: AccountName): ReferencePurchase | undefined {
    return this.purchases.find((one) => one.account === account && one.payment === 'pending');
  }

  /** Money that was taken is granted, once, whatever was said before; another amount than the price buys nothing. */
  pay({ purchase: name, result }: Requests['pay']): Answer {
    const purchase = this.purchases.find((one) => one.name === name);
    if (!purchase) return refusal('purchase_not_found');
    if (purchase.payment === 'paid') return this.purchaseView(purchase);
    if (result === 'succeeded') this.deliver(purchase);
    else if (result === 'failed' && purchase.payment === 'pending') this.failPayment(purchase, 'card_declined');
    else if (result === 'other amount' && !purchase.isOtherAmount) {
      purchase.isOtherAmount = true;
      this.failPayment(purchase, 'amount_mismatch');
    }
    return this.purchaseView(purchase);
  }

  cancelPurchase(name: ObjectName): Answer {
    const purchase = this.purchases.find((one) => one.name === name);
    if (!purchase) return refusal('purchase_not_found');
    if (purchase.payment === 'pending') this.failPayment(purchase, 'canceled');
    return purchase.failure === 'canceled' ? this.purchaseView(purchase) : refusal('topup_not_under_way');
  }

  /** Money goes back at the provider, perhaps before the payment is known to have succeeded. */
  returnMoney({ purchase: name, money, reference }: Requests['return_money']): Answer {
    const purchase = this.purchases.find((one) => one.name === name);
    if (!purchase) return refusal('purchase_not_found');
    const back = smaller(units(money), leftOf(purchase).money);
    const isKnown = purchase.returns.some((one) => one.reference === reference);
    if (back > 0n && !isKnown) {
      this.takeBackFor(purchase, reference, back);
      this.afterReturn(purchase.account);
    }
    return this.purchaseView(purchase);
  }

  /** Called when money has gone back. */
  afterReturn(_account: AccountName): void {
    // Nobody would take it again.
  }

  failPayment(purchase: ReferencePurchase, failure: string): void {
    purchase.payment = 'failed';
    purchase.failure = failure;
  }

  /** Grants what was paid for. What had gone back before is taken first; the rest repays debt. */
  deliver(purchase: ReferencePurchase): void {
    const { account, name, credits, bonus, lifetime } = purchase;
    Object.assign(purchase, { payment: 'paid', failure: null, isOtherAmount: false });
    const times = { effectiveAt: this.now, voidedAt: null, createdAt: this.now };
    const common = { account, category: 'paid', priority: 100, scope: null, ...times } as const;
    const expiresAt = lifetime === null ? null : this.now + lifetime;
    purchase.grants = (bonus === 0n ? [credits] : [credits, bonus]).map((amount, at) => {
      const grant: ReferenceGrant = { name: `${name}/${at}`, amount, expiresAt, ...common };
      this.grants.push(grant);
      this.book('grant', grant, fundingOf(grant), grant.name, amount);
      return grant;
    });
    const earlier = purchase.returns;
    purchase.returns = [];
    for (const { reference, money } of earlier) this.takeBackFor(purchase, reference, money);
    for (const grant of purchase.grants) {
      const owed = smaller(this.remaining(grant), this.debt(account));
      this.book('debt_repayment', grant, grant.name, debtOf(account), owed);
    }
    if (this.accountOf(account).status !== 'closed') return;
    for (const grant of purchase.grants) this.takeBack(grant, this.remaining(grant));
  }

  /** Takes from both grants in proportion, and what one hasn't got from the other. */
  takeBackFor(purchase: ReferencePurchase, reference: string, money: Units): void {
    const [bought, bonus] = purchase.grants;
    const credits = bought ? creditsFor(purchase, money) : 0n;
    const free = (grant: ReferenceGrant | undefined): Units => (grant ? this.free(grant) : 0n);
    const ofBonus = bonus ? smaller(free(bonus), credits - proratedUnits(credits, 1, 2)) : 0n;
    const ofBought = smaller(free(bought), credits - ofBonus);
    const more = smaller(free(bonus) - ofBonus, credits - ofBonus - ofBought);
    if (bought) this.book('purchase_refund', bought, bought.name, fundingOf(bought), ofBought);
    if (bonus) this.book('purchase_refund', bonus, bonus.name, fundingOf(bonus), ofBonus + more);
    const taken = ofBought + ofBonus + more;
    const tookAll = taken > 0n && purchase.grants.every((grant) => this.remaining(grant) === 0n);
    purchase.returns = [...purchase.returns, { reference, money, credits, taken, tookAll }];
  }

  purchaseView(purchase: ReferencePurchase): Answer {
    const { name, account, failure, returns, grants } = purchase;
    const taken = sum(returns, (one) => one.taken);
    return {
      code: 'ok',
      purchase: name,
      account: ownId(account),
      status: statusOf(purchase),
      failure,
      grants: grants.map((grant) => grant.name),
      refundedMoney: text(sum(returns, ({ money }) => money)),
      refundedCredits: text(taken),
      lostCredits: text(sum(returns, ({ credits }) => credits) - taken),
    };
  }
}

export function statusOf(purchase: ReferencePurchase): string {
  const { payment, returns } = purchase;
  const isRefunded = returns.some(({ tookAll }) => tookAll) || leftOf(purchase).money === 0n;
  return payment !== 'paid' ? payment : isRefunded ? 'refunded' : 'succeeded';
}

function leftOf({ price, credits, bonus, returns }: ReferencePurchase): { money: Units; credits: Units } {
  return {
    money: price - sum(returns, ({ money }) => money),
    credits: credits + bonus - sum(returns, (one) => one.credits),
  };
}

/** All that goes back is in proportion; what is left of the money has paid for what is left of the credits. */
function creditsFor(purchase: ReferencePurchase, money: Units): Units {
  const left = leftOf(purchase);
  if (money === left.money) return left.credits;
  const total = purchase.credits + purchase.bonus;
  const back = (total * (purchase.price - left.money + money)) / purchase.price;
  return larger(0n, smaller(back - (total - left.credits), left.credits));
}
