import { Amount } from '#amounts';
import { accountKey, newOwnedUuid, publicId } from '#ledger';
import { Engine } from '#ledger-store';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { eventually } from '../support/eventually.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { RemovableDatabase } from '../support/removable-database.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const SECRETS = { live: 'whsec_live-mode', test: 'whsec_test-mode' };
/** The one before, while a new one is being rolled out. */
const OLD_SECRET = 'whsec_live-mode-until-now';

let service: TestService;
let engine: Engine;
let database: RemovableDatabase;
beforeAll(async () => {
  service = await startTestService({
    STRIPE_SECRET_KEY: 'sk_live_purser',
    STRIPE_WEBHOOK_SECRET: `${SECRETS.live},${OLD_SECRET}`,
    STRIPE_TEST_SECRET_KEY: 'sk_test_purser',
    STRIPE_TEST_WEBHOOK_SECRET: SECRETS.test,
    // Nothing listens there: none of these events has to be asked about.
    PURSER_STRIPE_API: 'http://127.0.0.1:9',
  });
  database = new RemovableDatabase(service.databaseUrl);
  engine = new Engine({ databaseUrl: service.databaseUrl, log: () => undefined });
});
afterEach(() => {
  now = Date.now();
});
afterAll(async () => {
  await engine.stop();
  await service.stop();
});

let now = Date.now();

type Environment = 'live' | 'test';

/** Begins a purchase of 100 credits for 10 USD. @returns the account and the purchase's public id */
async function begin(environment: Environment): Promise<{ account: string; purchase: string }> {
  const account = await openAccount(service[environment]);
  let purchase = '';
  await engine.submit<'begin_purchase'>({
    command: {
      type: 'begin_purchase',
      account: { environment, id: account, key: accountKey(environment, account) },
      credits: new Amount(100),
      bonusCredits: new Amount(0),
      price: new Amount(10),
      currency: 'USD',
      provider: 'stripe',
      paymentMethod: 'pm_card_visa',
      customer: null,
      package: null,
      expiresAfterMs: null,
      priority: 100,
      metadata: {},
    },
    key: null,
    render: (outcome) => {
      if (outcome.ok) purchase = publicId('purchase', outcome.value.purchase.id);
      return { status: 200, body: '' };
    },
  });
  return { account, purchase };
}

/** The event that says that the payment has succeeded. */
function succeeded(about: { account: string; purchase: string }, environment: Environment, id = 'evt_1') {
  const metadata = { ...about, environment };
  const intent = { id: 'pi_1', object: 'payment_intent', status: 'succeeded', amount: 1000, amount_received: 1000 };
  const object = { ...intent, currency: 'usd', metadata, last_payment_error: null };
  return { id, object: 'event', type: 'payment_intent.succeeded', livemode: environment === 'live', data: { object } };
}

function signature(body: string, secret: string, at = now): string {
  const seconds = String(Math.floor(at / 1000));
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

interface WebhookAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly retryAfter: string | null;
}

async function post(body: string, signed: string | null): Promise<WebhookAnswer> {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...(signed && { 'stripe-signature': signed }) };
  const answer = await fetch(`${service.url}/v1/providers/stripe/webhook`, { method: 'POST', headers, body });
  return {
    status: answer.status,
    body: (await answer.json()) as Record<string, unknown>,
    retryAfter: answer.headers.get('retry-after'),
  };
}

function send(event: object, secret: string) {
  const body = JSON.stringify(event, null, 2);
  return post(body, signature(body, secret));
}

async function balanceOf(environment: Environment, account: string): Promise<unknown> {
  return ((await service[environment].get(`/v1/accounts/${account}/balance`)).body as { posted: string }).posted;
}

const APPLIED = { status: 200, body: { outcome: 'applied' }, retryAfter: null };
const REFUSED = { status: 400, body: { code: 'webhook_signature_invalid' } };

describe('POST /v1/providers/stripe/webhook', () => {
  it('grants what was paid for, once, however often and at once the same event comes', async () => {
    const about = await begin('live');
    const event = succeeded(about, 'live', 'evt_many');
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(event, SECRETS.live)));
    expect(answers).toEqual(answers.map(() => APPLIED));
    expect(await send(event, SECRETS.live)).toEqual(APPLIED);
    expect(await balanceOf('live', about.account)).toBe('100');
  });

  it('grants once where two events say the same', async () => {
    const about = await begin('test');
    expect(await send(succeeded(about, 'test', 'evt_a'), SECRETS.test)).toEqual(APPLIED);
    expect(await send(succeeded(about, 'test', 'evt_b'), SECRETS.test)).toEqual(APPLIED);
    expect(await balanceOf('test', about.account)).toBe('100');
  });

  it('refuses what isn’t signed, or not over these bytes, with this secret, lately', async () => {
    const about = await begin('live');
    const body = JSON.stringify(succeeded(about, 'live', 'evt_forged'));
    const signed = signature(body, SECRETS.live);
    expect(await post(body, null)).toMatchObject(REFUSED);
    expect(await post(body, 'nonsense')).toMatchObject(REFUSED);
    expect(await post(`${body} `, signed)).toMatchObject(REFUSED);
    expect(await post(body, signature(body, 'whsec_another'))).toMatchObject(REFUSED);
    expect(await post(body, signature(body, SECRETS.live, now - 3_600_000))).toMatchObject(REFUSED);
    expect(await post('', null)).toMatchObject(REFUSED);
    expect(await balanceOf('live', about.account)).toBe('0');
    expect(await post(body, signed)).toEqual(APPLIED);
  });

  it('takes what is signed with either secret while one is rolled', async () => {
    for (const secret of [OLD_SECRET, SECRETS.live]) {
      const about = await begin('live');
      expect(await send(succeeded(about, 'live', `evt_${secret}`), secret)).toEqual(APPLIED);
      expect(await balanceOf('live', about.account)).toBe('100');
    }
  });

  it('has Stripe send again what comes while the ledger is away, and grants it once then', async () => {
    const about = await begin('live');
    const event = succeeded(about, 'live', 'evt_away');
    await database.takeAway();
    const away = await send(event, SECRETS.live);
    await database.giveBack();
    expect(away).toMatchObject({ status: 503, body: { code: 'ledger_unavailable' } });
    expect(Number(away.retryAfter)).toBeGreaterThan(0);
    await eventually('Stripe’s retry is taken', async () => (await send(event, SECRETS.live)).status === 200);
    expect(await send(event, SECRETS.live)).toEqual(APPLIED);
    expect(await balanceOf('live', about.account)).toBe('100');
  });

  it('lets nobody pay for live accounts in test mode, nor for the account of another', async () => {
    const about = await begin('live');
    const ignored = { status: 200, body: { outcome: 'ignored' }, retryAfter: null };
    expect(await send(succeeded(about, 'live', 'evt_test'), SECRETS.test)).toEqual(ignored);
    const other = { ...about, account: await openAccount(service.live) };
    const unknown = { status: 200, body: { outcome: 'purchase_unknown' }, retryAfter: null };
    expect(await send(succeeded(other, 'live', 'evt_other'), SECRETS.live)).toEqual(unknown);
    expect(await balanceOf('live', about.account)).toBe('0');
    expect(await balanceOf('live', other.account)).toBe('0');
  });

  it('answers and logs what is about a purchase that isn’t there', async () => {
    const account = await openAccount(service.live);
    const purchase = publicId('purchase', newOwnedUuid(now, accountKey('live', account)));
    const answer = await send(succeeded({ account, purchase }, 'live', 'evt_lost'), SECRETS.live);
    expect(answer).toEqual({ status: 200, body: { outcome: 'purchase_unknown' }, retryAfter: null });
    expect(service.log.filter((line) => line.includes('evt_lost') && line.includes(purchase))).toHaveLength(1);
  });

  it('ignores what isn’t about purchases, whatever its JSON looks like', async () => {
    const ignored = { status: 200, body: { outcome: 'ignored' }, retryAfter: null };
    const customer = { id: 'evt_customer', object: 'event', type: 'customer.created', data: { object: {} } };
    expect(await send(customer, SECRETS.live)).toEqual(ignored);
    const body =
      '{"id": "evt_odd", "object": "event", "type": "some.type", "a": 0.1000000000000000055, "text": "\\u0000"}';
    expect(await post(body, signature(body, SECRETS.live))).toEqual(ignored);
  });

  it('reads up to 1 MiB', async () => {
    const event = { id: 'evt_long', object: 'event', type: 'customer.created', text: 'x'.repeat(1_000_000) };
    expect((await send(event, SECRETS.live)).status).toBe(200);
    expect((await send({ ...event, text: 'x'.repeat(1_100_000) }, SECRETS.live)).status).toBe(413);
  });
});
