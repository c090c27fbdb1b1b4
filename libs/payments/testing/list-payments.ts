import type { PaymentProvider, ProviderPayment } from '../payment-provider.ts';

/** All payments of a time, in their order. */
export async function listPayments(provider: PaymentProvider, from: Date, to: Date): Promise<ProviderPayment[]> {
  const listed: ProviderPayment[] = [];
  for await (const payment of provider.payments(from, to)) listed.push(payment);
  return listed;
}
