import type Stripe from 'stripe';
import type { PaymentRequest } from '../payment-provider.ts';

/** The clocks of two houses may differ by so much. */
const CLOCKS_DIFFER_S = 3600;

/** What Stripe has for a purchase: an intent, and the Checkout page that was opened for the customer, if there was one. */
export interface FoundPayment {
  readonly intent: Stripe.PaymentIntent | null;
  readonly session: Stripe.Checkout.Session | null;
}

type Sought = Pick<PaymentRequest, 'purchase' | 'customer' | 'begunAt'>;

/**
 * Looks for what was made for a purchase. By lists, which show at once what was made; Stripe's search shows it a minute later,
 * when the purchase may have been charged again.
 */
export async function findPayment(stripe: Stripe, sought: Sought): Promise<FoundPayment> {
  const since = {
    limit: 100,
    created: { gte: Math.floor(sought.begunAt.getTime() / 1000) - CLOCKS_DIFFER_S },
    ...(sought.customer === null ? {} : { customer: sought.customer }),
  };
  const intents = await allOf(stripe.paymentIntents.list(since), sought.purchase);
  const taken = intents.find(({ status }) => status === 'succeeded' || status === 'processing');
  const intent = taken ?? intents[0] ?? null;
  if (taken !== undefined) return { intent, session: null };
  const [session = null] = await allOf(stripe.checkout.sessions.list(since), sought.purchase);
  return { intent, session };
}

async function allOf<Item extends { readonly metadata: Stripe.Metadata | null }>(
  items: AsyncIterable<Item>,
  purchase: string,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) if (item.metadata?.['purchase'] === purchase) found.push(item);
  return found;
}
