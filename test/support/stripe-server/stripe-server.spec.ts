import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StripeServer } from './stripe-server.ts';

let stripe: StripeServer;
beforeAll(async () => {
  stripe = await StripeServer.start();
});
afterAll(() => stripe.stop());

const INTENT =
  'amount=1250&currency=usd&confirm=true&off_session=true&payment_method=pm_card_visa&metadata[purchase]=p';

let requests = 0;

interface Answer {
  readonly status: number;
  readonly isReplay: boolean;
  readonly body: { readonly id?: string; readonly error?: Readonly<Record<string, unknown>> };
}

async function post(path: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  requests += 1;
  const response = await fetch(`${stripe.url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stripe.keys.test}`,
      'content-type': 'application/x-www-form-urlencoded',
      'stripe-version': '2026-10-28.endive',
      'idempotency-key': `key-${String(requests)}`,
      ...headers,
    },
    body,
  });
  const isReplay = response.headers.get('idempotent-replayed') === 'true';
  return { status: response.status, isReplay, body: (await response.json()) as Answer['body'] };
}

describe('the local Stripe', () => {
  it.each([
    ['an unknown parameter', `${INTENT}&color=red`, 'parameter_unknown', 'color'],
    [
      'an unknown parameter within another',
      `${INTENT}&automatic_payment_methods[color]=red`,
      'parameter_unknown',
      'automatic_payment_methods[color]',
    ],
    ['a list where there is none', `${INTENT}&metadata[purchase][0]=p`, 'parameter_unknown', 'metadata[purchase][0]'],
    ['a missing parameter', 'currency=usd', 'parameter_missing', 'amount'],
    ['a fraction', 'amount=12.5&currency=usd', 'parameter_invalid_integer', 'amount'],
    ['a currency in capitals', 'amount=1250&currency=USD', 'invalid_currency', 'currency'],
    [
      'an unknown payment method',
      'amount=1250&currency=usd&payment_method=pm_ok',
      'resource_missing',
      'payment_method',
    ],
    ['less than fifty cents', 'amount=49&currency=usd', 'amount_too_small', 'amount'],
  ])('refuses %s', async (_, form, code, param) => {
    const { status, body } = await post('/v1/payment_intents', form);
    expect([400, 404]).toContain(status);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', code, param });
  });

  it.each([
    ['another version', { 'stripe-version': '2020-08-27' }, 400],
    ['another key', { authorization: 'Bearer sk_test_other' }, 401],
    ['JSON', { 'content-type': 'application/json' }, 400],
    ['no idempotency key', { 'idempotency-key': '' }, 400],
  ])('refuses %s', async (_, headers, expected) => {
    expect((await post('/v1/payment_intents', INTENT, headers)).status).toBe(expected);
  });

  it('repeats the answer to a key, a decline too, and refuses another request with it', async () => {
    const key = { 'idempotency-key': 'one' };
    const first = await post('/v1/payment_intents', INTENT, key);
    expect(first).toMatchObject({ status: 200, isReplay: false });
    expect(await post('/v1/payment_intents', INTENT, key)).toEqual({ ...first, isReplay: true });
    const other = await post('/v1/payment_intents', INTENT.replace('1250', '1251'), key);
    expect(other).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } });
    const declined = { 'idempotency-key': 'two' };
    const decline = INTENT.replace('pm_card_visa', 'pm_card_chargeDeclined');
    expect(await post('/v1/payment_intents', decline, declined)).toMatchObject({ status: 402, isReplay: false });
    expect(await post('/v1/payment_intents', decline, declined)).toMatchObject({ status: 402, isReplay: true });
  });

  it('refuses a request whose key is in use, and keeps no key of a request that it refused', async () => {
    const key = { 'idempotency-key': 'three' };
    expect((await post('/v1/payment_intents', 'currency=usd', key)).status).toBe(400);
    const answers = await Promise.all([1, 2].map(() => post('/v1/payment_intents', INTENT, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('sends events to this machine alone', async () => {
    await post('/v1/payment_intents', INTENT);
    const [event] = stripe.events;
    if (event === undefined) throw new Error('nothing happened');
    const sent = stripe.send(event, { url: 'https://example.com/', secret: 'whsec_test' });
    await expect(sent).rejects.toThrow("isn't on this machine");
  });
});
