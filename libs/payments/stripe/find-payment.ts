import Stripe from 'stripe';
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
  const intents = await made(sought, (since) => stripe.paymentIntents.list(since));
  const taken = intents.find(({ status }) => status === 'succeeded' || status === 'processing');
  const intent = taken ?? intents[0] ?? null;
  if (taken !== undefined) return { intent, session: null };
  const [session = null] = await made(sought, (since) => stripe.checkout.sessions.list(since));
  return { intent, session };
}

interface Since {
  readonly limit: number;
  readonly created: { readonly gte: number };
  readonly customer?: string;
}

/** What was made for a purchase, newest first. */
async function made<Item extends { readonly metadata: Stripe.Metadata | null }>(
  { purchase, customer, begunAt }: Sought,
  list: (since: Since) => AsyncIterable<Item>,
): Promise<Item[]> {
  const created = { gte: Math.floor(begunAt.getTime() / 1000) - CLOCKS_DIFFER_S };
  const all = { limit: 100, created };
  if (customer === null) return allOf(list(all), purchase);
  try {
    return await allOf(list({ ...all, customer }), purchase);
  } catch (error) {
    if (!isCustomerUnknown(error)) throw error;
    return allOf(list(all), purchase);
  }
}

/** The customer was deleted at Stripe, or never was there. */
function isCustomerUnknown(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing';
}

async function allOf<Item extends { readonly metadata: Stripe.Metadata | null }>(
  items: AsyncIterable<Item>,
  purchase: string,
): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) if (item.metadata?.['purchase'] === purchase) found.push(item);
  return found;
}
