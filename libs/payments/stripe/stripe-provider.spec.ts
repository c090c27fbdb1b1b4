import { Amount } from '#amounts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StripeServer } from '../../../test/support/stripe-server/stripe-server.ts';
import { ProviderUnavailable } from '../provider-unavailable.ts';
import { listPayments } from '../testing/list-payments.ts';
import { paymentRequest, refundRequest } from '../testing/payment-requests.ts';
import { StripeProvider, type StripeProviderOptions } from './stripe-provider.ts';

let stripe: StripeServer;
beforeAll(async () => {
  stripe = await StripeServer.start();
});
afterAll(() => stripe.stop());
beforeEach(() => stripe.forgetKeys());

const RETURN_URL = 'https://seller.example/credits';

function provider(given: Partial<StripeProviderOptions> = {}): StripeProvider {
  return new StripeProvider({
    secretKey: stripe.keys.test,
    webhookSecrets: [],
    isLive: false,
    url: stripe.url,
    returnUrl: RETURN_URL,
    ...given,
  });
}

const visa = () => paymentRequest({ paymentMethod: 'pm_card_visa' });
const yesterday = () => new Date(Date.now() - 24 * 3600 * 1000);

describe('collecting', () => {
  it.each([
    ['is dropped before the charge', { does: 'drop', when: 'before', times: 2 }],
    ['is dropped after the charge', { does: 'drop', when: 'after', times: 2 }],
    ['fails before the charge', { does: 'fail', when: 'before', times: 1 }],
    ['is one too many', { does: 'limit', when: 'before', times: 1 }],
  ] as const)(
    'leaves the outcome unknown where the request %s, and charges once when asked again',
    async (_, fault) => {
      const payment = visa();
      stripe.fail(fault);
      await expect(provider().collect(payment)).rejects.toThrow(ProviderUnavailable);
      expect(await provider().collect(payment)).toMatchObject({ status: 'succeeded' });
      expect(stripe.charges(payment.purchase)).toBe(1);
    },
  );

  it('looks up what came of a charge whose answer is an error, which Stripe repeats for a day', async () => {
    const payment = visa();
    stripe.fail({ does: 'fail', when: 'after', times: 1 });
    expect(await provider().collect(payment)).toMatchObject({ status: 'succeeded' });
    expect(await provider().collect(payment)).toMatchObject({ status: 'succeeded' });
    expect(stripe.charges(payment.purchase)).toBe(1);
  });

  it('charges nothing twice after Stripe has forgotten the key', async () => {
    const payment = { ...visa(), begunAt: yesterday() };
    const first = await provider().collect(payment);
    stripe.forgetKeys();
    expect(await provider().collect(payment)).toEqual(first);
    expect(stripe.charges(payment.purchase)).toBe(1);
  });

  it('says that nothing is known where the key is wrong, and tells nobody the key', async () => {
    const failing = provider({ secretKey: 'sk_test_of_another_house' }).collect(visa());
    await expect(failing).rejects.toThrow(/^Stripe: Invalid API Key provided \(req_\w+\)$/);
    await expect(failing).rejects.toThrow(ProviderUnavailable);
  });

  it.each([
    ['pm_card_chargeDeclined', 'card_declined', 'Your card was declined.'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'insufficient_funds', 'Your card has insufficient funds.'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', 'Your card has expired.'],
    ['pm_of_nobody', 'resource_missing', "This payment method can't be charged. Please use another one."],
  ])('fails with %s: %s', async (paymentMethod, code, message) => {
    const payment = paymentRequest({ paymentMethod });
    expect(await provider().collect(payment)).toMatchObject({ status: 'failed', failure: { code, message } });
    expect(stripe.charges(payment.purchase)).toBe(0);
  });

  it('fails for a customer who isn’t there, and can be canceled, also after Stripe has forgotten the key', async () => {
    const payment = { ...visa(), customer: 'cus_of_nobody' };
    const missing = { status: 'failed', failure: { code: 'resource_missing' } };
    expect(await provider().collect(payment)).toMatchObject(missing);
    expect(await provider().collect({ ...payment, begunAt: yesterday() })).toMatchObject(missing);
    expect(await provider().find(payment)).toBeNull();
    expect(await provider().cancel(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
  });

  it.each([
    ['0.49', 'USD', 'amount_too_small'],
    ['0.005', 'USD', 'amount_invalid'],
    ['1.5', 'JPY', 'amount_invalid'],
  ])('charges no %s %s', async (amount, currency, code) => {
    const price = { amount: new Amount(amount), currency };
    const result = await provider().collect({ ...visa(), price });
    expect(result).toMatchObject({ status: 'failed', failure: { code } });
  });

  it('waits for a direct debit, and finds it paid later', async () => {
    const payment = paymentRequest({ paymentMethod: 'pm_usBankAccount_success' });
    const result = await provider().collect(payment);
    expect(result).toEqual({ status: 'processing', reference: expect.stringMatching(/^pi_/) });
    stripe.books.test.succeed(result.reference ?? '');
    expect(await provider().find(payment)).toMatchObject({ status: 'succeeded', reference: result.reference });
  });

  it('writes the purchase to the payment, and to the charge that comes of it', async () => {
    const payment = visa();
    const { reference } = await provider().collect(payment);
    expect(stripe.books.test.intent(reference ?? '')).toMatchObject({
      amount: 1250,
      currency: 'usd',
      customer: 'cus_acme',
      description: '1250 credits',
      metadata: { purchase: payment.purchase, account: 'acme', environment: 'test' },
    });
  });
});

describe('canceling', () => {
  it('goes on where it was broken off, when the payment is asked for', async () => {
    const payment = visa();
    stripe.fail({ does: 'drop', when: 'after', times: 2 });
    await expect(provider().cancel(payment)).rejects.toThrow(ProviderUnavailable);
    expect(await provider().collect(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(stripe.charges(payment.purchase)).toBe(0);
  });
});

describe('a payment that needs its customer', () => {
  const needy = () => paymentRequest({ paymentMethod: 'pm_card_authenticationRequired' });

  it('can be paid on a page of Stripe’s, and nowhere else', async () => {
    const payment = needy();
    const result = await provider().collect(payment);
    const [session] = stripe.books.test.sessions.slice(-1);
    expect(result).toEqual({ status: 'requires_action', reference: session?.id, actionUrl: session?.url });
    const [intent] = stripe.books.test.intents.slice(-1);
    expect(intent).toMatchObject({ status: 'canceled', metadata: { purchase: payment.purchase } });
    stripe.books.test.pay(session?.id ?? '', 'pm_card_visa');
    expect(await provider().find(payment)).toMatchObject({ status: 'succeeded', paid: payment.price });
    expect(await provider().cancel(payment)).toMatchObject({ status: 'succeeded' });
    expect(stripe.charges(payment.purchase)).toBe(1);
  });

  it('gets one page, though the first answer was lost at any step', async () => {
    const payment = needy();
    const before = stripe.books.test.sessions.length;
    // Charging, canceling and opening the page: each is dropped once, and by the SDK's own retry a second time.
    for (const when of ['after', 'before', 'after', 'before'] as const) {
      stripe.fail({ does: 'drop', when, times: 2 });
      await provider()
        .collect(payment)
        .catch(() => undefined);
    }
    expect(await provider().collect(payment)).toMatchObject({ status: 'requires_action' });
    expect(stripe.books.test.sessions).toHaveLength(before + 1);
  });

  it('has ended when its page was closed, though it is asked for again', async () => {
    const payment = needy();
    const { reference } = await provider().collect(payment);
    stripe.books.test.expireSession(reference ?? '');
    expect(await provider().collect(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(await provider().find(payment)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
  });

  it('has succeeded when its page was paid, though it is asked for again', async () => {
    const payment = needy();
    const { reference } = await provider().collect(payment);
    stripe.books.test.pay(reference ?? '', 'pm_card_visa');
    expect(await provider().collect(payment)).toMatchObject({ status: 'succeeded', paid: payment.price });
  });

  it('keeps its page when it is asked for with another one to come back to', async () => {
    const payment = needy();
    const first = await provider().collect(payment);
    expect(await provider({ returnUrl: 'https://seller.example/elsewhere' }).collect(payment)).toEqual(first);
  });

  it('waits without a link where there is no page to come back to', async () => {
    const payment = needy();
    const result = await provider({ returnUrl: null }).collect(payment);
    expect(result).toEqual({ status: 'requires_action', reference: expect.stringMatching(/^pi_/), actionUrl: null });
    expect(await provider({ returnUrl: null }).find(payment)).toEqual(result);
    expect(await provider({ returnUrl: null }).cancel(payment)).toMatchObject({ failure: { code: 'canceled' } });
  });
});

describe('giving back', () => {
  async function paid() {
    const payment = visa();
    const { reference } = await provider().collect(payment);
    return { payment, reference: reference ?? '' };
  }

  it.each([
    ['drop', 2],
    ['fail', 1],
  ] as const)('gives back once though the answer is lost (%s)', async (does, times) => {
    const { payment, reference } = await paid();
    const refund = refundRequest(payment, reference);
    stripe.fail({ does, when: 'after', times });
    await provider()
      .refund(refund)
      .catch(() => undefined);
    expect(await provider().refund(refund)).toMatchObject({ status: 'succeeded' });
    expect(stripe.books.test.refunds.filter((one) => one.payment_intent === reference)).toHaveLength(1);
  });

  it('gives back nothing twice after Stripe has forgotten the key', async () => {
    const { payment, reference } = await paid();
    const part = { amount: new Amount(1), currency: 'USD' };
    const refund = refundRequest(payment, reference, { money: part, begunAt: yesterday() });
    const first = await provider().refund(refund);
    stripe.forgetKeys();
    expect(await provider().refund(refund)).toEqual(first);
  });

  it('says why Stripe gives nothing back', async () => {
    const { payment, reference } = await paid();
    stripe.books.test.refund(reference, null);
    const refund = await provider().refund(refundRequest(payment, reference));
    expect(refund).toMatchObject({ status: 'failed', failure: { code: 'charge_already_refunded' } });
  });
});

describe('listing', () => {
  it('pages through everything, with what was given back and disputed, and payments that are not ours', async () => {
    const from = new Date(Date.now() - 1000);
    const own = visa();
    const { reference } = await provider().collect(own);
    stripe.books.test.refund(reference ?? '', 250);
    stripe.books.test.dispute(reference ?? '');
    await Promise.all(Array.from({ length: 120 }, () => provider().collect(visa())));
    const listed = await listPayments(provider(), from, new Date(Date.now() + 1000));
    expect(new Set(listed.map((payment) => payment.reference)).size).toBe(listed.length);
    expect(listed.length).toBeGreaterThan(120);
    expect(listed.find((payment) => payment.purchase === own.purchase)).toEqual({
      reference,
      purchase: own.purchase,
      account: 'acme',
      environment: 'test',
      status: 'succeeded',
      price: own.price,
      refunded: new Amount('2.5'),
      disputed: true,
      createdAt: expect.any(Date),
    });
  });
});

describe('a page for paying', () => {
  it('is one for a purchase, and its payment is found when it is paid', async () => {
    const payment = paymentRequest();
    const asked = { ...payment, successUrl: RETURN_URL, cancelUrl: `${RETURN_URL}?canceled` };
    const page = await provider().checkout(asked);
    expect(await provider().checkout(asked)).toEqual(page);
    expect(await provider().find(payment)).toEqual({
      status: 'requires_action',
      reference: page.reference,
      actionUrl: page.url,
    });
    stripe.books.test.pay(page.reference, 'pm_card_chargeDeclined');
    expect(await provider().find(payment)).toMatchObject({ status: 'requires_action' });
    stripe.books.test.pay(page.reference, 'pm_card_visa');
    expect(await provider().find(payment)).toMatchObject({ status: 'succeeded', paid: payment.price });
  });
});
