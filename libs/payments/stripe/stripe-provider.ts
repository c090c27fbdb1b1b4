import Stripe from 'stripe';
import { minorUnits } from '../minor-units.ts';
import type {
  CheckoutPage,
  CheckoutRequest,
  Money,
  PaymentProvider,
  PaymentRequest,
  PaymentResult,
  ProviderPayment,
  RefundRequest,
  RefundResult,
} from '../payment-provider.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { ProviderUnavailable } from '../provider-unavailable.ts';
import { metadataOf, VIA_CHECKOUT } from './about-purchase.ts';
import { findPayment, type FoundPayment } from './find-payment.ts';
import {
  canceled,
  declineFailure,
  failedAs,
  intentResult,
  isReserved,
  needsCustomer,
  REPLACED,
} from './intent-result.ts';
import { providerPayment } from './provider-payment.ts';
import { findRefund, refundResult } from './refund-result.ts';
import { stripeClient } from './stripe-client.ts';
import { readEvent } from './read-event.ts';
import { reading, stripeFailure } from './stripe-failure.ts';
import { verifiedEvent } from './verified-event.ts';

/** Stripe forgets an idempotency key after 24 hours at the earliest. From then on we look before we charge. */
const KEYS_LAST_MS = 23 * 3600 * 1000;

export interface StripeProviderOptions {
  readonly secretKey: string;
  /** The secrets by which webhooks may be signed. */
  readonly webhookSecrets: readonly string[];
  /** Whether the key is one of live mode: then it serves the environment `live`, else all others. */
  readonly isLive: boolean;
  /** Where Stripe's API is. */
  readonly url: string;
  /** Where customers come back to from a page of Stripe's; null: no such page is opened for a payment that needs them. */
  readonly returnUrl: string | null;
}

/** Cards, and what else Stripe can charge, in one of its two modes. */
export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  readonly #stripe: Stripe;
  readonly #options: StripeProviderOptions;

  constructor(options: StripeProviderOptions) {
    this.#stripe = stripeClient(options.secretKey, options.url);
    this.#options = options;
  }

  async collect(payment: PaymentRequest): Promise<PaymentResult> {
    const units = stripeUnits(payment.price);
    if (units === null) return failedAs(null, NOT_CHARGEABLE);
    if (isForgotten(payment.begunAt)) {
      const found = await this.#lookUp(payment);
      if (found.intent !== null || found.session !== null) return this.#resultOf(payment, found);
    }
    try {
      const intent = await this.#stripe.paymentIntents.create(
        {
          ...this.#intentOf(payment, units),
          ...(payment.paymentMethod === null ? {} : { payment_method: payment.paymentMethod }),
          confirm: true,
          off_session: true,
          // No method that leads the customer to another page: nobody is there.
          automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        },
        { idempotencyKey: payment.purchase },
      );
      return await this.#resultOf(payment, { intent, session: null });
    } catch (error) {
      return this.#afterError(payment, error);
    }
  }

  async find(payment: PaymentRequest): Promise<PaymentResult | null> {
    const { intent, session } = await this.#lookUp(payment);
    if (session !== null) return sessionResult(session);
    return intent === null ? null : known(intentResult(intent));
  }

  async cancel(payment: PaymentRequest): Promise<PaymentResult> {
    const { intent, session } = await this.#lookUp(payment);
    if (session?.status === 'open') {
      const { id } = session;
      return sessionResult(await reading(() => this.#stripe.checkout.sessions.expire(id)));
    }
    if (session !== null) return sessionResult(session);
    const result = intent === null ? null : intentResult(intent);
    if (result !== null && result.status !== 'requires_action') return result;
    const open = intent ?? (await this.#reserve(payment));
    if (open === null || open.status === 'canceled') return canceled(open?.id ?? null);
    return this.#cancelIntent(open);
  }

  async refund(refund: RefundRequest): Promise<RefundResult> {
    const { refund: id, purchase, environment, reference, money, begunAt } = refund;
    const amount = stripeUnits(money);
    if (amount === null) return { status: 'failed', reference: null, failure: NOT_CHARGEABLE };
    if (reference === null) throw new Error(`Stripe’s payment for ${purchase} isn't known`);
    const findOwn = (): Promise<RefundResult | null> => findRefund(this.#stripe, { refund: id, reference });
    if (isForgotten(begunAt)) {
      const found = await findOwn();
      if (found !== null) return found;
    }
    try {
      const params = { payment_intent: reference, amount, metadata: { refund: id, purchase, environment } };
      return refundResult(await this.#stripe.refunds.create(params, { idempotencyKey: id }));
    } catch (error) {
      const failure = stripeFailure(error);
      if (failure.kind === 'refused') return { status: 'failed', reference: null, failure: failure.failure };
      const found = failure.kind === 'look_up' ? await findOwn() : null;
      if (found === null) throw failure.error;
      return found;
    }
  }

  async checkout(request: CheckoutRequest): Promise<CheckoutPage> {
    const session = await reading(() => this.#openSession(request));
    if (session.url === null) throw new ProviderUnavailable(`Stripe's page ${session.id} has been closed.`);
    return { url: session.url, reference: session.id };
  }

  async *payments(from: Date, to: Date): AsyncIterable<ProviderPayment> {
    const created = { gte: Math.ceil(from.getTime() / 1000), lt: Math.ceil(to.getTime() / 1000) };
    const intents = this.#stripe.paymentIntents.list({ created, limit: 100, expand: ['data.latest_charge'] });
    const all: AsyncIterator<Stripe.PaymentIntent, undefined> = intents[Symbol.asyncIterator]();
    for (;;) {
      const next = await reading(() => all.next());
      if (next.done === true) return;
      yield providerPayment(next.value);
    }
  }

  /**
   * Reads what Stripe reports, after checking that it is Stripe that does.
   * @param rawBody the bytes as they arrived
   * @param signature the header `Stripe-Signature`
   * @returns what it means for purchases: nothing, if it is about something else; null: the signature is by none of our secrets
   * @throws ProviderUnavailable where Stripe has to be asked for more and can't be: have it send the event again
   */
  async readWebhook(rawBody: Buffer, signature: string): Promise<readonly ProviderEvent[] | null> {
    const event = verifiedEvent(rawBody, signature, this.#options.webhookSecrets);
    if (event === null) return null;
    // What happens in accounts that are connected to the seller's isn't paid to the seller, whatever is written to it.
    if (event.livemode === !this.#options.isLive || event.account !== undefined) return [];
    const events = await reading(() => readEvent(this.#stripe, event));
    // Whoever can make events in test mode must not be able to pay for live accounts with them.
    return events.filter(({ environment }) => (environment === 'live') === this.#options.isLive);
  }

  #intentOf(payment: PaymentRequest, units: number) {
    const { price, customer, description } = payment;
    return {
      amount: units,
      currency: price.currency.toLowerCase(),
      ...(customer === null ? {} : { customer }),
      description,
      metadata: metadataOf(payment),
    };
  }

  async #afterError(payment: PaymentRequest, error: unknown): Promise<PaymentResult> {
    if (error instanceof ProviderUnavailable) throw error;
    if (error instanceof Stripe.errors.StripeCardError) {
      const intent = error.payment_intent;
      if (intent !== undefined && needsCustomer(intent)) return this.#resultOf(payment, { intent, session: null });
      return failedAs(intent?.id ?? null, declineFailure(error));
    }
    const failure = stripeFailure(error);
    if (failure.kind === 'refused') return failedAs(null, failure.failure);
    if (failure.kind === 'unknown') throw failure.error;
    const found = await this.#lookUp(payment);
    if (found.intent === null && found.session === null) throw failure.error;
    return this.#resultOf(payment, found);
  }

  #lookUp(payment: PaymentRequest): Promise<FoundPayment> {
    return reading(() => findPayment(this.#stripe, payment));
  }

  /** How the payment stands. Where only the customer can go on, a page is opened for it, and nowhere else can it be paid. */
  async #resultOf(payment: PaymentRequest, { intent, session }: FoundPayment): Promise<PaymentResult> {
    if (session !== null) return sessionResult(session);
    if (intent === null) throw new ProviderUnavailable(`Stripe has no payment for ${payment.purchase}.`);
    // Whoever asked to cancel it didn't get to the end.
    if (isReserved(intent)) return this.#cancelIntent(intent);
    const { returnUrl } = this.#options;
    if (returnUrl === null || !needsCustomer(intent)) return known(intentResult(intent));
    return reading(async () => {
      // What Stripe has kept by the keys says how it all began: since then a page may have been opened, paid and closed.
      const now = await findPayment(this.#stripe, payment);
      if (now.session !== null) return sessionResult(now.session);
      const current = now.intent ?? intent;
      if (!needsCustomer(current)) return known(intentResult(current));
      // Canceled, it can't be paid beside the page. It is already where an earlier call got this far.
      if (current.status !== 'canceled') {
        await this.#stripe.paymentIntents.cancel(current.id, { cancellation_reason: REPLACED });
      }
      return sessionResult(await this.#openSession({ ...payment, successUrl: returnUrl, cancelUrl: returnUrl }));
    });
  }

  async #cancelIntent({ id }: Stripe.PaymentIntent): Promise<PaymentResult> {
    return known(intentResult(await reading(() => this.#stripe.paymentIntents.cancel(id))));
  }

  /**
   * Takes the purchase's key, so that a request to charge that is still on its way charges nothing.
   * @returns null where Stripe refuses this, and so that request too
   */
  async #reserve(payment: PaymentRequest): Promise<Stripe.PaymentIntent | null> {
    const params = this.#intentOf(payment, stripeUnits(payment.price) ?? 0);
    try {
      return await this.#stripe.paymentIntents.create(params, { idempotencyKey: payment.purchase });
    } catch (error) {
      const failure = stripeFailure(error);
      if (failure.kind === 'refused') return null;
      throw failure.error;
    }
  }

  #openSession(request: CheckoutRequest): Promise<Stripe.Checkout.Session> {
    const { purchase, price, customer, description, successUrl, cancelUrl } = request;
    const metadata = metadataOf(request);
    return this.#stripe.checkout.sessions.create(
      {
        mode: 'payment',
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: price.currency.toLowerCase(),
              unit_amount: stripeUnits(price) ?? 0,
              product_data: { name: description },
            },
          },
        ],
        ...(customer === null ? {} : { customer }),
        // The customer pays the price in its own currency, which is what is compared with the purchase.
        adaptive_pricing: { enabled: false },
        metadata,
        payment_intent_data: { description, metadata: { ...metadata, ...VIA_CHECKOUT } },
        success_url: successUrl,
        cancel_url: cancelUrl,
      },
      { idempotencyKey: `${purchase}_checkout` },
    );
  }
}

const NOT_CHARGEABLE = {
  code: 'amount_invalid',
  message: "The amount can't be charged in this currency.",
};

function stripeUnits({ amount, currency }: Money): number | null {
  const { units } = minorUnits(amount, currency);
  return units === null ? null : Number(units);
}

function isForgotten(begunAt: Date): boolean {
  return Date.now() - begunAt.getTime() > KEYS_LAST_MS;
}

function sessionResult({ id, status, url, payment_intent }: Stripe.Checkout.Session): PaymentResult {
  if (status === 'open') return { status: 'requires_action', reference: id, actionUrl: url };
  // A page that was completed without its payment having succeeded yet, or it would have been found.
  if (status === 'complete') return { status: 'processing', reference: idOf(payment_intent) ?? id };
  return canceled(id);
}

function idOf(object: string | { readonly id: string } | null): string | null {
  return typeof object === 'string' ? object : (object?.id ?? null);
}

function known(result: PaymentResult | null): PaymentResult {
  if (result === null) throw new ProviderUnavailable("Stripe's payment is between two states.");
  return result;
}
