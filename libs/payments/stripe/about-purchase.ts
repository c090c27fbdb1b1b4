import type Stripe from 'stripe';

/** Which purchase a payment is for, as Stripe keeps it with each of our payments. */
export interface AboutPurchase {
  readonly purchase: string;
  readonly account: string;
  readonly environment: string;
}

/** Marks what a customer pays on a Checkout page, where a decline isn't the end: another card may follow. */
export const VIA_CHECKOUT = { via: 'checkout' } as const;

export function metadataOf({ purchase, account, environment }: AboutPurchase): Record<string, string> {
  return { purchase, account, environment };
}

/** The purchase that an object at Stripe is about; null: it isn't ours. */
export function purchaseOf(metadata: Stripe.Metadata | null): AboutPurchase | null {
  const { purchase, account, environment } = metadata ?? {};
  if (purchase === undefined || account === undefined || environment === undefined) return null;
  return { purchase, account, environment };
}

export function isViaCheckout(metadata: Stripe.Metadata): boolean {
  return metadata['via'] === VIA_CHECKOUT.via;
}
