import { formatAmount } from '#amounts';
import { publicId, timeOfUuid } from '#ledger';
import type { PaymentRequest } from '#payments';
import type { PayablePurchase } from './payable-purchase.ts';

/** What a provider is asked for about a purchase: always the same. */
export function paymentRequest(purchase: PayablePurchase): PaymentRequest {
  const { id, account, environment, price, credits, paymentMethod, customer } = purchase;
  return {
    purchase: publicId('purchase', id),
    account,
    environment,
    price,
    paymentMethod,
    customer,
    description: `${formatAmount(credits)} credits`,
    // In real time, as the provider counts it; the purchase's own time may be a test clock's.
    begunAt: new Date(timeOfUuid(id)),
  };
}
