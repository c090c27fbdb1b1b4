import { describe, expect, it } from '@jest/globals';
import { StripeServer } from '../support/stripe-server/stripe-server.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { purser } from './purser-run.ts';

const NOVEMBER = ['--from', '2026-11-01', '--to', '2100-01-01'];

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
