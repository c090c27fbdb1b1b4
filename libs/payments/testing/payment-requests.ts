import { Amount } from '#amounts';
import { randomUUID } from 'node:crypto';
import type { PaymentRequest, RefundRequest } from '../payment-provider.ts';

/** A payment of 12.50 USD for a purchase of its own. */
export function paymentRequest(given: Partial<PaymentRequest> = {}): PaymentRequest {
  return {
    purchase: `purchase_${randomUUID()}`,
    account: 'acme',
    environment: 'test',
    price: { amount: new Amount('12.5'), currency: 'USD' },
    paymentMethod: null,
    customer: 'cus_acme',
    description: '1250 credits',
    begunAt: new Date(),
    ...given,
  };
}

/** Gives back all of a payment. */
export function refundRequest(payment: PaymentRequest, reference: string, given: Partial<RefundRequest> = {}) {
  const { purchase, environment, price } = payment;
  const refund = `refund_${randomUUID()}`;
  return { refund, purchase, environment, reference, money: price, begunAt: new Date(), ...given };
}
