import type { PaymentStatus, Purchase } from '../purchases.ts';

export function isDisputed({ disputes }: Purchase): boolean {
  return disputes.some(({ state }) => state === 'opened');
}

/** The status of a purchase whose payment has succeeded. */
export function paidStatusOf(purchase: Purchase): PaymentStatus {
  if (isDisputed(purchase)) return 'disputed';
  const { price, refundedMoney, refunds } = purchase;
  const tookAll = refunds.some((refund) => refund.tookAll && refund.status !== 'failed');
  return tookAll || refundedMoney.gte(price) ? 'refunded' : 'succeeded';
}
