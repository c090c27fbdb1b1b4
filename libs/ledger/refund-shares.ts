import { Amount, atLeastZero, smallerOf, ZERO } from '#amounts';
import { totalCredits, type Purchase, type PurchaseDispute } from './purchases.ts';

/** Money of a purchase, and the credits that it has paid for, bonus included. */
export interface RefundShare {
  readonly money: Amount;
  readonly credits: Amount;
}

/**
 * What refunds of a purchase have left of it. Each share is what all refunds so far come to, rounded once, less what was refunded
 * before: so however many there are, they come to exactly the price and all of the credits, and to both together.
 */
export function refundable(purchase: Purchase): RefundShare {
  const { price, refundedMoney, refundedCredits, lostCredits } = purchase;
  return {
    money: price.minus(refundedMoney),
    credits: totalCredits(purchase).minus(refundedCredits).minus(lostCredits),
  };
}

/** What this money has paid for. @param money more than is left counts as what is left */
export function shareOfMoney(purchase: Purchase, money: Amount): RefundShare {
  const left = refundable(purchase);
  if (money.gte(left.money)) return left;
  const total = totalCredits(purchase);
  const refunded = purchase.refundedMoney.plus(money);
  const upTo = total.times(refunded).div(purchase.price).toDecimalPlaces(12, Amount.ROUND_DOWN);
  const credits = upTo.minus(total.minus(left.credits));
  return { money, credits: smallerOf(atLeastZero(credits), left.credits) };
}

/** How much money a dispute is about. */
export function disputedMoney(purchase: Purchase, { money }: PurchaseDispute): Amount {
  return money ?? refundable(purchase).money;
}

/**
 * What was paid for these credits, bonus included. While credits are left to be refunded, at least a minor unit is left for them.
 *
 * @param credits at most what is left
 * @param minorUnit the smallest sum of money in the currency
 */
export function shareOfCredits(purchase: Purchase, credits: Amount, minorUnit: Amount): RefundShare {
  const left = refundable(purchase);
  if (credits.gte(left.credits)) return left;
  const total = totalCredits(purchase);
  const refunded = total.minus(left.credits).plus(credits);
  const units = purchase.price.times(refunded).div(total.times(minorUnit)).toDecimalPlaces(0);
  const money = units.times(minorUnit).minus(purchase.refundedMoney);
  return { money: atLeastZero(smallerOf(money, left.money.minus(minorUnit))), credits };
}

/** Of the credits that the price is said for, how many these are, bonus included. */
export function withoutBonus(purchase: Purchase, credits: Amount): Amount {
  return credits.times(purchase.credits).div(totalCredits(purchase)).toDecimalPlaces(12);
}

/** The same with their part of the bonus. */
export function withBonus(purchase: Purchase, credits: Amount): Amount {
  return credits.times(totalCredits(purchase)).div(purchase.credits).toDecimalPlaces(12);
}

/** Adds up the refunds of a purchase, but for those that have failed. */
export function sumRefunds(purchase: Purchase): void {
  let [money, taken, credits] = [ZERO, ZERO, ZERO];
  for (const refund of purchase.refunds) {
    if (refund.status === 'failed') continue;
    money = money.plus(refund.money);
    credits = credits.plus(refund.credits);
    taken = refund.taken.reduce((sum, { amount }) => sum.plus(amount), taken);
  }
  purchase.refundedMoney = money;
  purchase.refundedCredits = taken;
  purchase.lostCredits = credits.minus(taken);
}
