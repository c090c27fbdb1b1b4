import { randomBytes } from 'node:crypto';
import { charged } from './cards.ts';
import type { Form } from './form.ts';
import type { Answer } from './idempotency.ts';
import type { Charge, Dispute, Intent, Metadata, Refund, Session } from './objects.ts';
import { invalidRequest, noSuch } from './stripe-error.ts';

const MINIMUM_USD = 50;
/** A customer that isn't there; every other one is. */
const CUSTOMER_OF_NOBODY = 'cus_of_nobody';

type EventObject = Intent | Charge | Refund | Session | Dispute;

/** What Stripe knows of one mode: its objects, newest last, and the events that they caused. */
export class StripeBooks {
  readonly intents: Intent[] = [];
  readonly charges: Charge[] = [];
  readonly refunds: Refund[] = [];
  readonly sessions: Session[] = [];
  /** Receives each event as it happens. */
  onEvent: (type: string, object: EventObject) => void = () => undefined;
  readonly #isLive: boolean;

  constructor(isLive: boolean) {
    this.#isLive = isLive;
  }

  createIntent(form: Form): Answer {
    const paymentMethod = form.text('payment_method');
    const outcome = paymentMethod === null ? null : charged(paymentMethod);
    if (paymentMethod !== null && outcome === null) throw noSuch('PaymentMethod', paymentMethod, 'payment_method');
    if (form.text('customer') === CUSTOMER_OF_NOBODY) throw noSuch('customer', CUSTOMER_OF_NOBODY, 'customer');
    if (form.isTrue('off_session') && !form.isTrue('confirm')) {
      throw invalidRequest('`off_session` can only be used when `confirm` is true.', { param: 'off_session' });
    }
    if (form.isTrue('confirm') && outcome === null) {
      throw invalidRequest('You cannot confirm this PaymentIntent because it’s missing a payment method.', {
        code: 'payment_intent_unexpected_state',
      });
    }
    const intent = this.#addIntent({
      amount: form.whole('amount') ?? 0,
      currency: form.required('currency'),
      customer: form.text('customer'),
      description: form.text('description'),
      metadata: form.record('metadata'),
      payment_method: paymentMethod,
    });
    if (!form.isTrue('confirm') || outcome === null) return { status: 200, body: intent };
    intent.status = outcome.status;
    if (outcome.status === 'requires_payment_method') {
      intent.last_payment_error = outcome.error;
      this.onEvent('payment_intent.payment_failed', intent);
      return { status: 402, body: { error: { ...outcome.error, payment_intent: { ...intent } } } };
    }
    if (outcome.status === 'succeeded') this.#charge(intent);
    else this.onEvent('payment_intent.processing', intent);
    return { status: 200, body: intent };
  }

  /** Lets what was processing succeed. */
  succeed(id: string): void {
    this.#charge(this.intent(id));
  }

  intent(id: string): Intent {
    return found(this.intents, id, 'payment_intent', 'intent');
  }

  cancelIntent(id: string, reason: string | null): Intent {
    const intent = this.intent(id);
    if (['succeeded', 'canceled', 'processing'].includes(intent.status)) {
      throw invalidRequest(`You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`, {
        code: 'payment_intent_unexpected_state',
      });
    }
    intent.status = 'canceled';
    intent.canceled_at = now();
    intent.cancellation_reason = reason;
    this.onEvent('payment_intent.canceled', intent);
    return intent;
  }

  listIntents(form: Form): Answer {
    const expands = Object.values(form.record('expand')).includes('data.latest_charge');
    return page('/v1/payment_intents', this.intents, form, (intent) =>
      expands
        ? { ...intent, latest_charge: this.charges.find(({ id }) => id === intent.latest_charge) ?? null }
        : intent,
    );
  }

  /** Gives back a part of a payment, or what is left of it; as somebody does in the dashboard, where there is no metadata. */
  refund(intent: string, amount: number | null, metadata: Metadata = {}, status = 'succeeded'): Refund {
    const charge = this.charges.find((one) => one.id === this.intent(intent).latest_charge);
    if (charge === undefined) throw invalidRequest('This PaymentIntent does not have a successful charge to refund.');
    const left = charge.amount - charge.amount_refunded;
    if (left === 0) {
      throw invalidRequest(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    }
    const part = amount ?? left;
    if (part > left) {
      const message = `Refund amount (${String(part)}) is greater than unrefunded amount on charge (${String(left)})`;
      throw invalidRequest(message, { param: 'amount' });
    }
    const { id, currency } = charge;
    const refund: Refund = {
      ...begun('re'),
      object: 'refund',
      amount: part,
      currency,
      charge: id,
      payment_intent: intent,
      metadata,
      status,
    };
    this.refunds.push(refund);
    charge.amount_refunded += part;
    charge.refunded = charge.amount_refunded === charge.amount;
    this.onEvent('charge.refunded', charge);
    this.onEvent('refund.created', refund);
    return refund;
  }

  /** Ends a refund that was pending. */
  settleRefund(id: string, status: 'succeeded' | 'failed'): void {
    const refund = found(this.refunds, id, 'refund', 'refund');
    refund.status = status;
    if (status === 'failed') refund.failure_reason = 'lost_or_stolen_card';
    this.onEvent(status === 'failed' ? 'refund.failed' : 'refund.updated', refund);
  }

  listRefunds(form: Form): Answer {
    const intent = form.text('payment_intent');
    const charge = form.text('charge');
    const refunds = this.refunds.filter(
      (one) => (intent ?? one.payment_intent) === one.payment_intent && (charge ?? one.charge) === one.charge,
    );
    return page('/v1/refunds', refunds, form);
  }

  createSession(form: Form): Session {
    if (form.required('mode') !== 'payment') throw invalidRequest('Only `payment` is known here.', { param: 'mode' });
    const id = newId(this.#isLive ? 'cs_live' : 'cs_test');
    const session: Session = {
      id,
      object: 'checkout.session',
      amount_total: form.whole('line_items[0][price_data][unit_amount]') ?? 0,
      currency: form.required('line_items[0][price_data][currency]'),
      customer: form.text('customer'),
      metadata: form.record('metadata'),
      intent: {
        metadata: form.record('payment_intent_data[metadata]'),
        description: form.text('payment_intent_data[description]'),
      },
      created: now(),
      livemode: this.#isLive,
      success_url: form.required('success_url'),
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
      url: `https://checkout.stripe.example/c/pay/${id}`,
    };
    this.sessions.push(session);
    return session;
  }

  /** Lets the customer pay on the page, or have a card declined there. */
  pay(sessionId: string, paymentMethod: string): void {
    const session = found(this.sessions, sessionId, 'checkout.session', 'session');
    const { amount_total: amount, currency, customer } = session;
    const intent =
      session.payment_intent === null
        ? this.#addIntent({ amount, currency, customer, ...session.intent, payment_method: paymentMethod })
        : this.intent(session.payment_intent);
    session.payment_intent = intent.id;
    const outcome = charged(paymentMethod);
    if (outcome?.status === 'requires_payment_method') {
      intent.last_payment_error = outcome.error;
      this.onEvent('payment_intent.payment_failed', intent);
      return;
    }
    this.#charge(intent);
    session.status = 'complete';
    session.payment_status = 'paid';
    session.url = null;
    this.onEvent('checkout.session.completed', session);
  }

  expireSession(id: string): Session {
    const session = found(this.sessions, id, 'checkout.session', 'session');
    if (session.status !== 'open') {
      throw invalidRequest(
        `Only Checkout Sessions with a status in ["open"] can be expired. This one is ${session.status}.`,
      );
    }
    session.status = 'expired';
    session.url = null;
    this.onEvent('checkout.session.expired', session);
    return session;
  }

  listSessions(form: Form): Answer {
    return page('/v1/checkout/sessions', this.sessions, form);
  }

  /** Lets the customer's bank dispute a payment. */
  dispute(intent: string, status = 'needs_response'): Dispute {
    const charge = this.charges.find((one) => one.id === this.intent(intent).latest_charge);
    if (charge === undefined) throw new Error(`${intent} has no charge that could be disputed`);
    charge.disputed = true;
    const { id, amount, currency } = charge;
    const dispute: Dispute = {
      ...begun('du'),
      object: 'dispute',
      amount,
      currency,
      charge: id,
      payment_intent: intent,
      livemode: this.#isLive,
      status,
    };
    this.onEvent('charge.dispute.created', dispute);
    return dispute;
  }

  closeDispute(dispute: Dispute, status: 'won' | 'lost' | 'warning_closed'): void {
    dispute.status = status;
    this.onEvent('charge.dispute.closed', dispute);
  }

  #addIntent(
    terms: Pick<Intent, 'amount' | 'currency' | 'customer' | 'description' | 'metadata' | 'payment_method'>,
  ): Intent {
    if (terms.amount === 0 || (terms.currency === 'usd' && terms.amount < MINIMUM_USD)) {
      throw invalidRequest('Amount must be at least $0.50 usd', { code: 'amount_too_small', param: 'amount' });
    }
    if (terms.amount > 99_999_999) {
      throw invalidRequest('Amount must be no more than $999,999.99', { code: 'amount_too_large', param: 'amount' });
    }
    const intent: Intent = {
      ...begun('pi'),
      object: 'payment_intent',
      ...terms,
      amount_received: 0,
      livemode: this.#isLive,
      status: 'requires_payment_method',
      canceled_at: null,
      cancellation_reason: null,
      last_payment_error: null,
      latest_charge: null,
      next_action: null,
    };
    this.intents.push(intent);
    return intent;
  }

  #charge(intent: Intent): void {
    const { amount, currency, metadata, id } = intent;
    const charge: Charge = {
      ...begun('ch'),
      object: 'charge',
      amount,
      amount_refunded: 0,
      currency,
      metadata,
      payment_intent: id,
      livemode: this.#isLive,
      disputed: false,
      refunded: false,
    };
    this.charges.push(charge);
    intent.status = 'succeeded';
    intent.amount_received = amount;
    intent.last_payment_error = null;
    intent.latest_charge = charge.id;
    this.onEvent('payment_intent.succeeded', intent);
  }
}

function begun(prefix: string): { readonly id: string; readonly created: number } {
  return { id: newId(prefix), created: now() };
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

function now(): number {
  return Math.floor(Date.now() / 1000);
}

function found<Item extends { readonly id: string }>(items: readonly Item[], id: string, what: string, param: string) {
  const item = items.find((one) => one.id === id);
  if (item === undefined) throw noSuch(what, id, param);
  return item;
}

interface Listed {
  readonly id: string;
  readonly created: number;
  readonly customer?: string | null;
}

/** One page of a list, newest first. */
function page<Item extends Listed>(
  url: string,
  items: readonly Item[],
  form: Form,
  show: (item: Item) => object = (item) => item,
): Answer {
  const limit = form.whole('limit') ?? 10;
  if (limit < 1 || limit > 100) {
    throw invalidRequest('This value must be less than or equal to 100.', {
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
  }
  const customer = form.text('customer');
  if (customer === CUSTOMER_OF_NOBODY) throw noSuch('customer', customer, 'customer');
  const matching = items
    .toReversed()
    .filter(
      ({ created, customer: owner }) =>
        created >= (form.whole('created[gte]') ?? 0) &&
        created < (form.whole('created[lt]') ?? Infinity) &&
        (customer === null || customer === owner),
    );
  const after = form.text('starting_after');
  const start = after === null ? 0 : matching.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0) throw noSuch('object', after, 'starting_after');
  const data = matching.slice(start, start + limit).map(show);
  return { status: 200, body: { object: 'list', url, data, has_more: start + limit < matching.length } };
}
