import { connect, type Pool } from '#database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { listPayments } from '../testing/list-payments.ts';
import { paymentRequest } from '../testing/payment-requests.ts';
import { TestProvider } from './test-provider.ts';

let database: TestDatabase;
let pool: Pool;
let provider: TestProvider;
let events: ProviderEvent[];
let lines: string[];

beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 4, log: () => undefined, settings: { role: 'purser_app' } });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  events = [];
  lines = [];
  provider = providerWith(async (event) => {
    events.push(event);
    return Promise.resolve();
  });
});

/** Waits until so many events have arrived, and nothing is left to report. */
function reported(count: number): Promise<void> {
  return eventually(`${String(count)} events are reported`, async () => {
    const { rowCount } = await pool.query(`select from test_payments where reports <> '{}'`);
    return rowCount === 0 && events.length === count;
  });
}

function providerWith(listener: (event: ProviderEvent) => Promise<void>): TestProvider {
  const made = new TestProvider(pool, { slowMs: 200, log: (line) => lines.push(line) });
  made.onEvent(listener);
  return made;
}

async function collect(paymentMethod: string) {
  const payment = paymentRequest({ paymentMethod });
  return { ...payment, result: await provider.collect(payment) };
}

describe('the test provider', () => {
  it('answers pm_slow late', async () => {
    const begun = performance.now();
    expect((await collect('pm_slow')).result.status).toBe('succeeded');
    expect(performance.now() - begun).toBeGreaterThan(190);
  });

  it('reports pm_double_webhook twice, by one id, and at the same time', async () => {
    let waiting = 0;
    let waitingMax = 0;
    provider.onEvent(async (event) => {
      events.push(event);
      waitingMax = Math.max(waitingMax, (waiting += 1));
      await new Promise((resolve) => setImmediate(resolve));
      waiting -= 1;
    });
    const { purchase, result } = await collect('pm_double_webhook');
    await reported(2);
    expect(events[0]).toEqual(events[1]);
    expect(events[0]).toMatchObject({ type: 'payment', purchase, account: 'acme', environment: 'test', result });
    expect(waitingMax).toBe(2);
  });

  it('reports the refund of pm_refunded after its payment', async () => {
    const { purchase, price } = await collect('pm_refunded');
    await reported(2);
    expect(events.map(({ type }) => type)).toEqual(['payment', 'refund']);
    expect(events[1]).toMatchObject({ purchase, refund: null, status: 'succeeded', money: price });
  });

  it('reports the dispute of pm_disputed after its payment, and how it ends', async () => {
    const { purchase, price } = await collect('pm_disputed');
    await reported(2);
    expect(events.map(({ type }) => type)).toEqual(['payment', 'dispute']);
    expect(events[1]).toMatchObject({ purchase, state: 'opened', money: price });
    await provider.closeDispute(purchase, 'lost');
    expect(events.at(-1)).toMatchObject({ type: 'dispute', purchase, state: 'lost' });
    await provider.closeDispute(purchase, 'won');
    expect(events.filter(({ type }) => type === 'dispute')).toHaveLength(2);
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
  });

  it('reports again what nobody took', async () => {
    provider = providerWith(() => Promise.reject(new Error('not now')));
    const { purchase } = await collect('pm_refunded');
    await eventually('the failure is logged', () => Promise.resolve(lines.length === 1));
    expect(lines[0]).toContain(`couldn't report ${purchase}: Error: not now`);
    const restarted = providerWith((event) => Promise.resolve(void events.push(event)));
    await restarted.reportAll();
    await restarted.reportAll();
    expect(events.map((event) => event.purchase)).toEqual([purchase, purchase]);
  });

  it.each(['succeeded', 'failed'] as const)('lets what pm_requires_action waits for be done: %s', async (outcome) => {
    const { purchase } = await collect('pm_requires_action');
    const done = await provider.complete(purchase, outcome);
    expect(done?.status).toBe(outcome);
    expect(await provider.complete(purchase, outcome === 'failed' ? 'succeeded' : 'failed')).toEqual(done);
  });

  it('completes nothing that it does not know', async () => {
    expect(await provider.complete('purchase_unknown', 'succeeded')).toBeNull();
  });

  it('declines a payment method that it does not know, and says which it knows', async () => {
    const { result } = await collect('pm_visa');
    expect(result).toMatchObject({ status: 'failed', failure: { code: 'payment_method_unknown' } });
    expect(JSON.stringify(result)).toContain('pm_ok, pm_declined, pm_requires_action');
  });

  it('lists thousands of payments, page by page', async () => {
    await pool.query(
      `insert into test_payments (purchase, environment, account, price, currency, payment_method, status, requests, charges,
        created_at)
      select 'purchase_' || n, 'test', 'many', 1, 'USD', 'pm_ok', 'succeeded', 1, 1, '2020-01-01Z'::timestamptz + n / 3 * interval '1 s'
      from generate_series(1, 1234) n`,
    );
    const listed = await listPayments(provider, new Date('2020-01-01'), new Date('2020-01-02'));
    expect(new Set(listed.map(({ purchase }) => purchase)).size).toBe(1234);
    expect(listed).toHaveLength(1234);
  });

  it('keeps no payment of live', async () => {
    const payment = paymentRequest({ environment: 'live', paymentMethod: 'pm_ok' });
    await expect(provider.collect(payment)).rejects.toThrow('test_payments_never_live');
  });
});
