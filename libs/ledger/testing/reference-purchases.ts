import { freeOf, frozenOf, ReferenceCredits, type Bucket } from './reference-credits.ts';

/** What is sold. The credits, and as many bonus credits, are whole numbers for every cent. */
export interface Offered {
  readonly credits: number;
  readonly bonus: number;
  readonly cents: number;
  readonly hours: number | null;
}

export type Told =
  | { readonly status: 'processing' | 'failed' }
  | { readonly status: 'requires_action'; readonly url: string }
  | { readonly status: 'succeeded'; readonly cents: number | null };

interface Refund {
  readonly origin: 'asked' | 'provider' | 'dispute';
  readonly reference: string | null;
  readonly cents: number;
  status: 'pending' | 'succeeded' | 'failed';
  /** What the money had paid for, and what of it was there to be taken. */
  credits: number;
  taken: { readonly bucket: Bucket; readonly amount: number }[];
  tookAll: boolean;
}

interface Dispute {
  readonly reference: string;
  cents: number | null;
  state: 'opened' | 'won' | 'lost';
}

export interface Sold extends Offered {
  payment: 'pending' | 'requires_action' | 'failed' | 'paid';
  url: string | null;
  failure: string | null;
  otherCents: number | null;
  buckets: Bucket[];
  readonly refunds: Refund[];
  readonly disputes: Dispute[];
}

/** Sells credits to one account. Whatever is told comes in any order, and any number of times. */
export class ReferencePurchases extends ReferenceCredits {
  readonly sold: Sold[] = [];
  /** The events about payments. */
  readonly events: string[] = [];

  buy(offered: Offered): boolean {
    if (this.closed || this.underWay() >= 0) return false;
    const nothing = { url: null, failure: null, otherCents: null, buckets: [], refunds: [], disputes: [] };
    this.sold.push({ ...offered, ...nothing, payment: 'pending' });
    return true;
  }

  /** Which payment isn't decided yet. */
  underWay(): number {
    return this.sold.findIndex(({ payment }) => payment === 'pending' || payment === 'requires_action');
  }

  tell(one: Sold, told: Told): void {
    if (one.payment === 'paid') return;
    if (told.status === 'succeeded') {
      if (told.cents === null || told.cents === one.cents) this.grant(one);
      else if (told.cents !== one.otherCents) {
        one.otherCents = told.cents;
        this.fail(one, 'amount_mismatch');
      }
    } else if (one.payment === 'failed') return;
    else if (told.status === 'failed') this.fail(one, 'card_declined');
    else if (told.status === 'requires_action' && one.url !== told.url) {
      one.payment = 'requires_action';
      one.url = told.url;
      this.emit('topup.requires_action', one, told.url);
    }
  }

  cancel(one: Sold): boolean {
    if (one.failure === 'canceled') return true;
    if (one.payment === 'paid' || one.payment === 'failed') return false;
    this.fail(one, 'canceled');
    return true;
  }

  /** Gives back what these credits cost, or all that is unspent: whole cents, so that all refunds together are in proportion, and all of the money goes back with the last of the credits. */
  refundCredits(one: Sold, credits: number | null): boolean {
    if (one.payment !== 'paid' || isDisputed(one)) return false;
    const left = leftOf(one);
    const total = one.credits + one.bonus;
    if (credits !== null && credits > (left.credits * one.credits) / total) return false;
    const unspent = one.buckets.reduce((sum, bucket) => sum + freeOf(bucket), 0);
    const asked = Math.min(credits === null ? unspent : (credits * total) / one.credits, left.credits);
    const upTo = halfEven(one.cents * (total - left.credits + asked), total) - (one.cents - left.cents);
    const cents = asked === left.credits ? left.cents : Math.max(0, Math.min(upTo, left.cents - 1));
    if (cents === 0 || asked === 0) return false;
    const refund = this.refund(one, { origin: 'asked', reference: null, cents, status: 'pending' }, asked);
    this.emitRefund(one, refund);
    return true;
  }

  /** Somebody has made a refund at the provider. */
  refundMoney(one: Sold, money: number, reference: string): void {
    const cents = Math.min(money, leftOf(one).cents);
    if (cents === 0 || one.refunds.some((refund) => refund.reference === reference)) return;
    const how = { origin: 'provider', reference, cents, status: 'succeeded' } as const;
    const refund = this.refund(one, how, creditsFor(one, cents));
    if (one.payment === 'paid') this.emitRefund(one, refund);
  }

  /** The provider has paid the money back, or the bank couldn't take it, also later: then the customer has the credits again. */
  settleRefund(one: Sold, nth: number, status: 'succeeded' | 'failed'): void {
    const refund = one.refunds[nth];
    if (!refund || refund.origin === 'dispute' || refund.status === 'failed' || refund.status === status) return;
    refund.status = status;
    for (const { bucket, amount } of status === 'failed' ? refund.taken : []) {
      bucket.left += amount;
      this.sums.refunded -= amount;
      this.settle(bucket, amount);
    }
    if (one.payment === 'paid') this.emitRefund(one, refund);
  }

  dispute(one: Sold, { state, reference, cents }: Dispute): void {
    const known = one.disputes.find((dispute) => dispute.reference === reference);
    if (known && (known.state !== 'opened' || state === 'opened')) return;
    if (known) Object.assign(known, { state, cents: cents ?? known.cents });
    const dispute = known ?? { state, reference, cents };
    if (!known) one.disputes.push(dispute);
    const money = dispute.cents ?? leftOf(one).cents;
    const before = one.buckets.reduce((sum, bucket) => sum + frozenOf(bucket), 0);
    let [moved, lost] = [0, 0];
    if (state === 'opened') moved = this.freeze(one) - before;
    if (state === 'won' && !isDisputed(one)) moved = before;
    const cost = Math.min(money, leftOf(one).cents);
    if (state === 'lost' && cost > 0) {
      const how = { origin: 'dispute', reference, cents: cost, status: 'succeeded' } as const;
      const refund = this.refund(one, how, creditsFor(one, cost));
      moved = takenBy(refund);
      lost = refund.credits - moved;
    }
    if (one.payment !== 'paid') return;
    if (!isDisputed(one)) this.thaw(one);
    this.emit('payment.disputed', one, state, money, moved, lost);
  }

  override close(remains: 'lost' | 'returned'): boolean {
    const wasClosed = this.closed !== null;
    const isClosed = super.close(remains);
    const underWay = this.sold[this.underWay()];
    if (isClosed && !wasClosed && underWay) this.fail(underWay, 'canceled');
    return isClosed;
  }

  private fail(one: Sold, failure: string): void {
    Object.assign(one, { payment: 'failed', url: null, failure });
    this.emit('topup.failed', one, failure);
  }

  /** What had gone back before is taken back first, and what is disputed is frozen; debt is repaid out of the rest. */
  protected grant(one: Sold): void {
    Object.assign(one, { payment: 'paid', url: null, failure: null, otherCents: null });
    const parts = one.bonus === 0 ? [one.credits] : [one.credits, one.bonus];
    one.buckets = parts.map((amount) => this.add(amount, one.hours));
    this.emit('topup.succeeded', one);
    for (const refund of one.refunds.splice(0)) {
      if (refund.status === 'failed') {
        one.refunds.push(refund);
        continue;
      }
      refund.credits = creditsFor(one, refund.cents);
      this.take(one, refund);
      one.refunds.push(refund);
      this.emitRefund(one, refund);
    }
    const frozen = isDisputed(one) ? this.freeze(one) : 0;
    for (const { state, cents } of one.disputes) {
      if (state === 'opened') this.emit('payment.disputed', one, state, cents ?? leftOf(one).cents, frozen, 0);
    }
    for (const bucket of one.buckets) {
      if (!isDisputed(one)) this.repayFrom(bucket);
      this.settle(bucket, freeOf(bucket));
    }
  }

  private refund(one: Sold, how: Pick<Refund, 'origin' | 'reference' | 'cents' | 'status'>, credits: number): Refund {
    const refund: Refund = { ...how, credits: one.payment === 'paid' ? credits : 0, taken: [], tookAll: false };
    this.take(one, refund);
    one.refunds.push(refund);
    return refund;
  }

  /** From both grants in proportion, and what one hasn't got from the other; what is frozen too. */
  private take(one: Sold, refund: Refund): void {
    const [bought, bonus] = one.buckets;
    if (!bought) return;
    const inProportion = (refund.credits * one.bonus) / (one.credits + one.bonus);
    const ofBonus = Math.min(inProportion, bonus ? freeOf(bonus) : 0);
    const ofBought = Math.min(refund.credits - ofBonus, freeOf(bought));
    const more = Math.min(refund.credits - ofBonus - ofBought, bonus ? freeOf(bonus) - ofBonus : 0);
    const shares = [{ bucket: bought, amount: ofBought }];
    if (bonus) shares.push({ bucket: bonus, amount: ofBonus + more });
    refund.taken = shares.filter(({ amount }) => amount > 0);
    for (const { bucket, amount } of refund.taken) bucket.left -= amount;
    this.sums.refunded += takenBy(refund);
    refund.tookAll = refund.taken.length > 0 && one.buckets.every(({ left }) => left === 0);
  }

  /** @returns what is frozen of the purchase now */
  protected freeze(one: Sold): number {
    for (const bucket of one.buckets) {
      if (bucket.goes === null && this.closed === null) bucket.frozenSince ??= this.now;
    }
    return one.buckets.reduce((sum, bucket) => sum + frozenOf(bucket), 0);
  }

  private thaw(one: Sold): void {
    for (const bucket of one.buckets) {
      if (bucket.frozenSince === null) continue;
      this.unfreeze(bucket);
      this.repayFrom(bucket);
    }
  }

  private emitRefund(one: Sold, refund: Refund): void {
    const { origin, status, cents, credits } = refund;
    this.emit('payment.refunded', one, origin, status, cents, takenBy(refund), credits - takenBy(refund));
  }

  private emit(type: string, one: Sold, ...figures: readonly (string | number)[]): void {
    this.events.push([type, this.sold.indexOf(one), ...figures].join(' '));
  }
}

export function statusOf(one: Sold): string {
  if (one.payment !== 'paid') return one.payment;
  if (isDisputed(one)) return 'disputed';
  const tookAll = one.refunds.some((refund) => refund.tookAll && refund.status !== 'failed');
  return tookAll || leftOf(one).cents === 0 ? 'refunded' : 'succeeded';
}

/** What has gone back, was taken back, and couldn't be. */
export function goneBack({ refunds }: Sold): { readonly cents: number; readonly taken: number; readonly lost: number } {
  const done = refunds.filter(({ status }) => status !== 'failed');
  const taken = done.reduce((sum, refund) => sum + takenBy(refund), 0);
  return {
    cents: done.reduce((sum, { cents }) => sum + cents, 0),
    taken,
    lost: done.reduce((sum, { credits }) => sum + credits, 0) - taken,
  };
}

function leftOf(one: Sold): { readonly cents: number; readonly credits: number } {
  const { cents, taken, lost } = goneBack(one);
  return { cents: one.cents - cents, credits: one.credits + one.bonus - taken - lost };
}

function creditsFor(one: Sold, cents: number): number {
  const left = leftOf(one);
  const total = one.credits + one.bonus;
  if (cents >= left.cents) return left.credits;
  const upTo = (total * (one.cents - left.cents + cents)) / one.cents - (total - left.credits);
  return Math.max(0, Math.min(upTo, left.credits));
}

function takenBy({ taken }: Refund): number {
  return taken.reduce((sum, { amount }) => sum + amount, 0);
}

function isDisputed({ disputes }: Sold): boolean {
  return disputes.some(({ state }) => state === 'opened');
}

/** The quotient as a whole number; of two that are as near, the even one. */
function halfEven(dividend: number, divisor: number): number {
  const whole = Math.floor(dividend / divisor);
  const twice = 2 * (dividend - whole * divisor);
  return twice > divisor || (twice === divisor && whole % 2 === 1) ? whole + 1 : whole;
}
