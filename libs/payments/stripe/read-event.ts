import type Stripe from 'stripe';
import type { PaymentResult } from '../payment-provider.ts';
import type { DisputeEvent, ProviderEvent } from '../provider-event.ts';
import { isViaCheckout, purchaseOf, type AboutPurchase } from './about-purchase.ts';
import {
  canceled,
  declineFailure,
  failedAs,
  intentResult,
  needsCustomer,
  REPLACED,
  stripeMoney,
} from './intent-result.ts';
import { refundResult } from './refund-result.ts';

/** What an event of Stripe's means for purchases: nothing, if it is about something else. */
export async function readEvent(stripe: Stripe, event: Stripe.Event): Promise<readonly ProviderEvent[]> {
  switch (event.type) {
    case 'payment_intent.succeeded':
    case 'payment_intent.processing':
    case 'payment_intent.requires_action':
    case 'payment_intent.payment_failed':
    case 'payment_intent.canceled':
      return payment(event, event.data.object.metadata, intentNews(event.data.object));
    case 'checkout.session.completed':
    case 'checkout.session.expired':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.async_payment_failed':
      return payment(event, event.data.object.metadata, sessionNews(event.type, event.data.object));
    case 'charge.refunded':
      return refundsOf(stripe, event.data.object);
    case 'refund.created':
    case 'refund.updated':
    case 'refund.failed':
      return refund(await purchaseOfIntent(stripe, event.data.object), event.data.object);
    case 'charge.dispute.created':
    case 'charge.dispute.closed':
      return dispute(await intentOf(stripe, event.data.object), event.type, event.data.object);
    default:
      return [];
  }
}

function payment(event: Stripe.Event, metadata: Stripe.Metadata | null, result: PaymentResult | null): ProviderEvent[] {
  const about = purchaseOf(metadata);
  return about === null || result === null ? [] : [{ id: event.id, ...about, type: 'payment', result }];
}

/** What an intent's event says; null: nothing, as the one who collects it, or the customer on Stripe's page, isn't done. */
function intentNews(intent: Stripe.PaymentIntent): PaymentResult | null {
  if (intent.status === 'succeeded' || intent.status === 'processing') return intentResult(intent);
  if (isViaCheckout(intent.metadata)) return null;
  if (intent.status === 'canceled') return intent.cancellation_reason === REPLACED ? null : canceled(intent.id);
  // Whoever collects it opens a page for the customer, and reports that with the page's address.
  if (intent.status !== 'requires_action' && needsCustomer(intent)) return null;
  if (intent.status === 'requires_payment_method' && intent.last_payment_error !== null) {
    return failedAs(intent.id, declineFailure(intent.last_payment_error));
  }
  return intentResult(intent);
}

function sessionNews(type: string, session: Stripe.Checkout.Session): PaymentResult | null {
  const { id, payment_intent, payment_status, amount_total, currency } = session;
  if (type === 'checkout.session.expired' || type === 'checkout.session.async_payment_failed') return canceled(id);
  const reference = typeof payment_intent === 'string' ? payment_intent : payment_intent?.id;
  if (reference === undefined) return null;
  if (payment_status !== 'paid') return { status: 'processing', reference };
  if (amount_total === null || currency === null) return null;
  return { status: 'succeeded', reference, paid: stripeMoney(amount_total, currency) };
}

interface OfIntent {
  readonly payment_intent: string | Stripe.PaymentIntent | null;
}

/** A refund or a dispute knows its payment, and only that knows the purchase. */
async function intentOf(stripe: Stripe, { payment_intent: intent }: OfIntent): Promise<Stripe.PaymentIntent | null> {
  return typeof intent === 'string' ? stripe.paymentIntents.retrieve(intent) : intent;
}

async function purchaseOfIntent(stripe: Stripe, one: OfIntent): Promise<AboutPurchase | null> {
  const intent = await intentOf(stripe, one);
  return intent && purchaseOf(intent.metadata);
}

/** The event of a charge doesn't name the refund that it is about. */
async function refundsOf(stripe: Stripe, charge: Stripe.Charge): Promise<readonly ProviderEvent[]> {
  const about = await purchaseOfIntent(stripe, charge);
  if (about === null) return [];
  const events: ProviderEvent[] = [];
  for await (const one of stripe.refunds.list({ charge: charge.id, limit: 100 })) events.push(...refund(about, one));
  // Stripe lists the newest first; they are acted on in the order in which they were made.
  return events.reverse();
}

/** Several events tell of one state of a refund, so it is the state that is acted on once. */
function refund(about: AboutPurchase | null, one: Stripe.Refund): ProviderEvent[] {
  if (about === null) return [];
  const { status } = refundResult(one);
  // Whoever refunds at Stripe may write what they like to the refund.
  const isOurs = one.metadata?.['purchase'] === about.purchase;
  return [
    {
      ...about,
      id: `${one.id}_${status}`,
      type: 'refund',
      refund: (isOurs ? one.metadata?.['refund'] : null) ?? null,
      reference: one.id,
      status,
      money: stripeMoney(one.amount, one.currency),
    },
  ];
}

/** How disputes end, by Stripe's words for it. An inquiry may be closed, and a dispute be prevented by a refund. */
const ENDS: Readonly<Record<string, DisputeEvent['state']>> = {
  won: 'won',
  warning_closed: 'won',
  prevented: 'won',
  lost: 'lost',
};

function dispute(intent: Stripe.PaymentIntent | null, type: string, one: Stripe.Dispute): ProviderEvent[] {
  const about = intent && purchaseOf(intent.metadata);
  const state = type === 'charge.dispute.created' ? 'opened' : ENDS[one.status];
  if (about === null || state === undefined) return [];
  // A bank may count in its own currency, which says nothing about the price.
  const money = one.currency === intent?.currency ? stripeMoney(one.amount, one.currency) : null;
  return [{ ...about, id: `${one.id}_${state}`, type: 'dispute', state, reference: one.id, money }];
}
