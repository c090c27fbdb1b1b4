import { Amount } from '#amounts';
import { stripeModes } from '#payments';
import { describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { expectTopup, type TopupView } from '../support/purchase-steps.ts';
import { StripeServer } from '../support/stripe-server/stripe-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { startTestService } from '../support/test-service.ts';
import { purser } from './purser-run.ts';

const NOVEMBER = ['--from', '2026-11-01', '--to', '2100-01-01'];

const WEBHOOK_SECRET = 'whsec_the-secret-of-the-endpoint';

/** Accounts of the environment `test` that buy 1,000 credits for 10 USD by Stripe. */
class Buyers {
  constructor(
    private readonly test: ApiClient,
    private readonly stripe: StripeServer,
  ) {}

  async begin(): Promise<TopupView> {
    const account = await openAccount(this.test);
    const body = { provider: 'stripe', amount: '1000', payment_method: 'pm_card_visa' };
    return expectTopup(await this.test.post(`/v1/accounts/${account}/topups`, body), 201);
  }

  /** Begins one, whose money Stripe takes. */
  async pay(): Promise<TopupView> {
    const topup = await this.begin();
    const keys = { secretKey: this.stripe.keys.test, webhookSecrets: [] };
    const { test } = stripeModes({ live: null, test: keys, returnUrl: null, url: this.stripe.url });
    const result = await test?.collect({
      purchase: topup.purchase,
      account: topup.account,
      environment: 'test',
      price: { amount: new Amount(topup.price), currency: topup.currency },
      paymentMethod: 'pm_card_visa',
      customer: null,
      description: '100 credits',
      begunAt: new Date(),
    });
    expect(result).toMatchObject({ status: 'succeeded' });
    return topup;
  }
}

/** What no Stripe would report: it took nothing. */
function succeededWithoutMoney({ purchase, account }: TopupView) {
  const id = 'evt_never';
  const type = 'payment_intent.succeeded';
  const paid = { status: 'succeeded', amount: 1000, amount_received: 1000, currency: 'usd', last_payment_error: null };
  const object = {
    id: 'pi_never',
    object: 'payment_intent',
    ...paid,
    metadata: { purchase, account, environment: 'test' },
  };
  return { id, type, body: JSON.stringify({ id, object: 'event', type, livemode: false, data: { object } }) };
}

function hoursFromNow(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString();
}

describe('purser reconcile stripe', () => {
  it('ends with 0 where nothing differs, and with 1 and a line for each difference', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const stripe = cleanUp.adopt(await StripeServer.start(), (one) => one.stop());
    const database = cleanUp.adopt(await createTestDatabase(), (one) => one.drop());
    const environment = {
      DATABASE_URL: database.url,
      STRIPE_SECRET_KEY: stripe.keys.live,
      PURSER_STRIPE_API: stripe.url,
    };
    const equal = await purser(['reconcile', 'stripe', ...NOVEMBER], environment);
    expect(equal).toEqual({ code: 0, out: 'reconcile: no difference in 0 payments and 0 purchases\n', err: '' });
    // A payment for a purchase that a restored database has lost.
    const purchase = 'purchase_01m7xxdjp2e5wsm09k9hqj00f6';
    await fetch(`${stripe.url}/v1/payment_intents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${stripe.keys.live}`,
        'stripe-version': '2026-10-28.endive',
        'idempotency-key': purchase,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        amount: '1000',
        currency: 'usd',
        payment_method: 'pm_card_visa',
        confirm: 'true',
        off_session: 'true',
        'automatic_payment_methods[enabled]': 'true',
        'automatic_payment_methods[allow_redirects]': 'never',
        'metadata[purchase]': purchase,
        'metadata[account]': 'acme',
        'metadata[environment]': 'live',
      }).toString(),
    });
    const differs = await purser(['reconcile', 'stripe', ...NOVEMBER], environment);
    expect(differs.out).toMatch(
      /^purchase_missing {2}purchase_\w+ {2}pi_\w+: ledger: no such purchase; Stripe: 10 USD taken\nreconcile: 1 differences in 1 payments and 0 purchases\n$/,
    );
    expect(differs.code).toBe(1);
  });

  it('compares both ways by real time, whatever the test clock shows', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const stripe = cleanUp.adopt(await StripeServer.start(), (one) => one.stop());
    const keys = { STRIPE_TEST_SECRET_KEY: stripe.keys.test, PURSER_STRIPE_API: stripe.url };
    const service = cleanUp.adopt(
      await startTestService({ ...keys, STRIPE_TEST_WEBHOOK_SECRET: WEBHOOK_SECRET }),
      (one) => one.stop(),
    );
    const webhook = { url: `${service.url}/v1/providers/stripe/webhook`, secret: WEBHOOK_SECRET };
    await service.test.put('/v1/settings', { price_per_credit: '0.01', currency: 'USD' });
    expect((await service.test.post('/v1/test-clock/advance', { seconds: 400 * 24 * 3600 })).status).toBe(200);
    const buyers = new Buyers(service.test, stripe);
    await buyers.pay();
    await buyers.pay();
    const unrecorded = await buyers.pay();
    for (const event of stripe.events.slice(0, 2)) expect(await stripe.send(event, webhook)).toBe(200);
    const untaken = await buyers.begin();
    expect(await stripe.send(succeededWithoutMoney(untaken), webhook)).toBe(200);
    const [refunded] = stripe.books.test.intents;
    stripe.books.test.refund(refunded?.id ?? '', 250);

    const environment = { ...keys, DATABASE_URL: service.databaseUrl };
    const reconcile = (from: number, to: number) =>
      purser(
        ['reconcile', 'stripe', '--environment', 'test', '--from', hoursFromNow(from), '--to', hoursFromNow(to)],
        environment,
      );
    const { code, out } = await reconcile(-1, 1);
    expect(out.trimEnd().split('\n').sort()).toEqual([
      expect.stringMatching(
        `^payment_missing {2}${untaken.purchase} {2}pi_never: ledger: 10 USD paid; Stripe: no money taken$`,
      ),
      expect.stringMatching(
        `^payment_not_recorded {2}${unrecorded.purchase} {2}pi_\\w+: ledger: pending; Stripe: 10 USD taken$`,
      ),
      'reconcile: 3 differences in 3 payments and 3 purchases',
      expect.stringMatching('^refunds_differ {2}purchase_\\w+ {2}pi_\\w+: ledger: 0 refunded; Stripe: 2.5 refunded$'),
    ]);
    expect(code).toBe(1);
    const earlier = await reconcile(-3, -2);
    expect(earlier).toEqual({ code: 0, out: 'reconcile: no difference in 0 payments and 0 purchases\n', err: '' });
    // The service is to leave its books in order, and so it does: all of it is between the two.
    for (const event of stripe.events) await stripe.send(event, webhook);
    const after = await reconcile(-1, 1);
    expect(after.out).toMatch(/^payment_missing .*\nreconcile: 1 differences in 3 payments and 4 purchases\n$/);
  });

  it('ends with 2 where it can’t run, and says what to do', async () => {
    const database = await createTestDatabase();
    const environment = { DATABASE_URL: database.url };
    const noKey = await purser(['reconcile', 'stripe', ...NOVEMBER], environment);
    expect([noKey.code, noKey.err]).toEqual([2, 'Set STRIPE_SECRET_KEY, as the service has it.\n']);
    const noTime = await purser(['reconcile', 'stripe', '--from', 'yesterday', '--to', '2026-12-01'], environment);
    expect([noTime.code, noTime.err]).toEqual([2, expect.stringContaining('2026-11-01')]);
    expect((await purser(['reconcile', 'stripe', '--from', '2026-11-01'], environment)).code).toBe(2);
    expect((await purser(['reconcile', 'paypal'], environment)).code).toBe(2);
    const help = await purser(['reconcile', 'stripe', '--help'], environment);
    expect([help.code, help.out]).toEqual([0, expect.stringContaining('--environment')]);
    await database.drop();
  });
});
