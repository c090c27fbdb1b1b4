import { type Amount, ZERO } from '#amounts';
import type { Transfer } from '../chart.ts';
import type { Grant } from '../grant.ts';
import { isPaid, totalCredits, type Purchase } from '../purchases.ts';
import { must } from './must.ts';

/** Fails the spec unless the purchases of an account have brought their grants, and refunds have taken back what they say. */
export function checkPurchases(
  purchases: readonly Purchase[],
  grants: readonly Grant[],
  transfers: readonly Transfer[],
): void {
  for (const purchase of purchases) {
    const own = grants.filter((grant) => grant.purchase === purchase.id);
    must(sameIds(own, purchase.grants), 'a purchase names the grants that name it');
    must(isPaid(purchase) === own.length > 0, 'a purchase brings grants when it is paid, and not before');
    checkGrants(purchase, own);
    checkRefunds(purchase, own, transfers);
    const isDisputed = purchase.disputes.some(({ state }) => state === 'opened');
    must(isDisputed || own.every(({ frozenAt }) => frozenAt === null), 'grants are frozen only during a dispute');
  }
  const known = new Set(purchases.map(({ id }) => id));
  must(
    grants.every(({ purchase }) => purchase === null || known.has(purchase)),
    'a grant names a purchase that exists',
  );
}

function checkGrants(purchase: Purchase, own: readonly Grant[]): void {
  if (own.length === 0) return;
  must(
    sum(own, ({ amount }) => amount).eq(totalCredits(purchase)),
    'a purchase brings exactly its credits, and its bonus',
  );
  must(sum(own, ({ amountPaid }) => amountPaid ?? ZERO).eq(purchase.price), 'its grants share exactly its price');
}

function checkRefunds(purchase: Purchase, own: readonly Grant[], transfers: readonly Transfer[]): void {
  const { refundedMoney, refundedCredits, lostCredits, price } = purchase;
  const ids = new Set(own.map(({ id }) => id));
  const back = transfers.filter(
    ({ kind, grantId }) => kind === 'purchase_refund' && grantId !== null && ids.has(grantId),
  );
  const booked = sum(back, ({ debit, amount }) => (debit === 'grant' ? amount : amount.neg()));
  must(booked.eq(refundedCredits), 'what refunds took back is what was booked for them');
  must(refundedMoney.gte(0) && refundedMoney.lte(price), 'no more money goes back than was paid');
  must(lostCredits.gte(0), 'no more is taken back than the money had paid for');
  must(refundedCredits.plus(lostCredits).lte(totalCredits(purchase)), 'no more is refunded than was bought');
  must(
    !isPaid(purchase) || refundedMoney.eq(price) === refundedCredits.plus(lostCredits).eq(totalCredits(purchase)),
    'all of the money and all of the credits are refunded together',
  );
}

function sameIds(grants: readonly Grant[], ids: readonly string[]): boolean {
  return grants.length === ids.length && grants.every(({ id }) => ids.includes(id));
}

function sum<T>(items: readonly T[], pick: (item: T) => Amount): Amount {
  return items.reduce((total, item) => total.plus(pick(item)), ZERO);
}
