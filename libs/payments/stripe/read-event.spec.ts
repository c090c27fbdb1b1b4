import { Amount } from '#amounts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StripeServer } from '../../../test/support/stripe-server/stripe-server.ts';
import type { PaymentRequest } from '../payment-provider.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { ProviderUnavailable } from '../provider-unavailable.ts';
import { paymentRequest, refundRequest } from '../testing/payment-requests.ts';
import { StripeProvider } from './stripe-provider.ts';

const SECRETS = { live: ['whsec_live'], test: ['whsec_test', 'whsec_test_before'] };

let stripe: StripeServer;
beforeAll(async () => {
  stripe = await StripeServer.start();
});
afterAll(() => stripe.stop());
beforeEach(() => void stripe.events.splice(0));

function provider(mode: 'live' | 'test', url = stripe.url): StripeProvider {
  return new StripeProvider({
    secretKey: stripe.keys[mode],
    webhookSecrets: SECRETS[mode],
    isLive: mode === 'live',
    url,
    returnUrl: 'https://seller.example/credits',
  });
}

function sign(body: string, secret: string, at = Date.now()): string {
  const timestamp = String(Math.floor(at / 1000));
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/** What has happened at Stripe since the last look, as we read it. */
async function news(mode: 'live' | 'test' = 'test'): Promise<ProviderEvent[]> {
  const read: ProviderEvent[] = [];
  for (const { body } of stripe.events.splice(0)) {
    const events = await provider(mode).readWebhook(Buffer.from(body), sign(body, SECRETS[mode][0] ?? ''));
    read.push(...(events ?? []));
  }
  return read;
}

async function collect(given: Partial<PaymentRequest> = {}) {
  const payment = paymentRequest({ paymentMethod: 'pm_card_visa', ...given });
  const result = await provider('test').collect(payment);
  const about = { purchase: payment.purchase, account: payment.account, environment: payment.environment };
  return { payment, result, about, reference: result.reference ?? '' };
}

describe('an event of Stripe’s', () => {
  it('tells of a payment as its answer does', async () => {
    const { result, about } = await collect();
    expect(await news()).toEqual([{ ...about, id: expect.stringMatching(/^evt_/), type: 'payment', result }]);
  });

  it('tells of a decline as its answer does', async () => {
    const { result, about } = await collect({ paymentMethod: 'pm_card_chargeDeclinedInsufficientFunds' });
    expect(await news()).toMatchObject([{ ...about, type: 'payment', result }]);
  });

  it('tells of a direct debit that is under way, and of its end', async () => {
    const { reference } = await collect({ paymentMethod: 'pm_usBankAccount_success' });
    stripe.books.test.succeed(reference);
    expect(await news()).toMatchObject([{ result: { status: 'processing' } }, { result: { status: 'succeeded' } }]);
  });

  it('tells nothing of a payment that needs its customer, until the page was paid', async () => {
    const { result, payment, about, reference } = await collect({ paymentMethod: 'pm_card_authenticationRequired' });
    expect(result.status).toBe('requires_action');
    stripe.books.test.pay(reference, 'pm_card_chargeDeclined');
    expect(await news()).toEqual([]);
    stripe.books.test.pay(reference, 'pm_card_visa');
    const paid = { type: 'payment', ...about, result: { status: 'succeeded', paid: payment.price } };
    expect(await news()).toMatchObject([paid, paid]);
  });

  it('tells of a page that was never paid', async () => {
    const { about, reference } = await collect({ paymentMethod: 'pm_card_authenticationRequired' });
    stripe.books.test.expireSession(reference);
    expect(await news()).toMatchObject([{ ...about, result: { status: 'failed', failure: { code: 'canceled' } } }]);
  });

  it('tells of a refund once for each state, whichever event it came by', async () => {
    const { about, reference } = await collect();
    await news();
    const { id } = stripe.books.test.refund(reference, 250, {}, 'pending');
    const refund = {
      ...about,
      type: 'refund',
      refund: null,
      reference: id,
      money: { amount: new Amount('2.5'), currency: 'USD' },
    };
    const first = { ...refund, status: 'pending', id: `${id}_pending` };
    expect(await news()).toEqual([first, first]);
    stripe.books.test.settleRefund(id, 'failed');
    expect(await news()).toEqual([{ ...refund, status: 'failed', id: `${id}_failed` }]);
  });

  it('tells of each refund of a charge, the oldest first, and which of them are ours', async () => {
    const { payment, reference } = await collect();
    const own = refundRequest(payment, reference, { money: { amount: new Amount(1), currency: 'USD' } });
    const { reference: ownReference } = await provider('test').refund(own);
    const { id } = stripe.books.test.refund(reference, 100);
    const last = stripe.events.filter(({ type }) => type === 'charge.refunded').at(-1);
    stripe.events.splice(0, Infinity, ...(last === undefined ? [] : [last]));
    expect(await news()).toMatchObject([
      { refund: own.refund, reference: ownReference },
      { refund: null, reference: id },
    ]);
  });

  it('takes a refund for one of ours only by what we write to it', async () => {
    const { about, reference } = await collect();
    await news();
    const { id } = stripe.books.test.refund(reference, 100, { refund: 'R-7', order: '12' });
    const theirs = { ...about, type: 'refund', refund: null, reference: id };
    expect(await news()).toMatchObject([theirs, theirs]);
  });

  it.each([
    ['won', 'won'],
    ['lost', 'lost'],
    ['warning_closed', 'won'],
  ] as const)('tells of a dispute and its end: %s', async (status, state) => {
    const { payment, about, reference } = await collect();
    await news();
    const dispute = stripe.books.test.dispute(reference);
    stripe.books.test.closeDispute(dispute, status);
    const expected = { ...about, type: 'dispute', reference: dispute.id, money: payment.price };
    expect(await news()).toEqual([
      { ...expected, state: 'opened', id: `${dispute.id}_opened` },
      { ...expected, state, id: `${dispute.id}_${state}` },
    ]);
  });

  it('tells of a dispute in another currency that it is about all of the payment', async () => {
    const { reference } = await collect();
    await news();
    stripe.books.test.dispute(reference);
    const [event] = stripe.events.splice(0);
    const body = (event?.body ?? '').replace('"currency":"usd"', '"currency":"eur"');
    const read = await provider('test').readWebhook(Buffer.from(body), sign(body, 'whsec_test'));
    expect(read).toMatchObject([{ type: 'dispute', state: 'opened', money: null }]);
  });

  it('tells nothing of payments that are not ours', async () => {
    const { reference } = await collect();
    Object.assign(stripe.books.test.intent(reference), { metadata: { order: '7' } });
    await news();
    stripe.books.test.refund(reference, 100);
    stripe.books.test.dispute(reference);
    expect(await news()).toEqual([]);
  });

  it('pays for nothing in live when it is of test mode', async () => {
    await collect({ environment: 'live' });
    expect(await news('test')).toEqual([]);
  });

  it.each([
    ['of the other mode', { livemode: true }],
    ['of a connected account', { account: 'acct_1' }],
  ])('says nothing where it is %s, whichever secret signs it', async (_, more) => {
    await collect();
    const [event] = stripe.events.splice(0);
    const body = JSON.stringify({ ...(JSON.parse(event?.body ?? '') as object), ...more });
    expect(await provider('test').readWebhook(Buffer.from(body), sign(body, 'whsec_test'))).toEqual([]);
  });

  it('is to be sent again where Stripe can’t be asked for more', async () => {
    const { reference } = await collect();
    stripe.books.test.refund(reference, 100);
    const { body = '' } = stripe.events.at(-1) ?? {};
    const unreachable = provider('test', 'http://127.0.0.1:9').readWebhook(Buffer.from(body), sign(body, 'whsec_test'));
    await expect(unreachable).rejects.toThrow(ProviderUnavailable);
  });
});

describe('the signature', () => {
  const body = JSON.stringify({ id: 'evt_1', object: 'event', type: 'customer.created', data: { object: {} } });
  const read = (signature: string, text = body) => provider('test').readWebhook(Buffer.from(text), signature);

  it('is by any of the secrets, so that they can be rolled', async () => {
    expect(await read(sign(body, 'whsec_test'))).toEqual([]);
    expect(await read(sign(body, 'whsec_test_before'))).toEqual([]);
  });

  it.each([
    ['by another secret', () => sign(body, 'whsec_live')],
    ['of another body', () => sign(`${body} `, 'whsec_test')],
    ['six minutes old', () => sign(body, 'whsec_test', Date.now() - 360_000)],
    ['no signature', () => 'nonsense'],
    ['empty', () => ''],
  ])('is refused where it is %s', async (_, signature) => {
    expect(await read(signature())).toBeNull();
  });
});

it('arrives signed from the local server', async () => {
  const received: (readonly ProviderEvent[] | null)[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void provider('test')
        .readWebhook(Buffer.concat(chunks), String(request.headers['stripe-signature']))
        .then(
          (events) => received.push(events),
          () => received.push(null),
        )
        .finally(() => response.end());
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  const target = { url: `http://127.0.0.1:${String(port)}/`, secret: 'whsec_test' };
  const { about } = await collect();
  for (const event of [...stripe.events, ...stripe.events]) expect(await stripe.send(event, target)).toBe(200);
  receiver.close();
  receiver.closeAllConnections();
  expect(received).toMatchObject([[about], [about]]);
});
