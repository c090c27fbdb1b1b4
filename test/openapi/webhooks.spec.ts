import { readConfig } from '#config';
import { migrateQueues } from '#queues';
import { EVENT_TYPES } from '#webhooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { startWorker, type RunningWorker } from '../../apps/worker/start-worker.ts';
import { makeBudget } from '../support/budget-steps.ts';
import { eventually } from '../support/eventually.ts';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { authorize, balanceOf, charge, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { makePlan } from '../support/plan-steps.ts';
import { buy } from '../support/purchase-steps.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../support/test-service.ts';
import { authorizeUsage } from '../support/usage-steps.ts';
import { makeAnomaly, useDaily } from '../support/anomaly-steps.ts';
import { answer, verified, WebhookReceiver, type WebhookPayload } from '../support/webhook-receiver.ts';
import { makeEndpoint, type EndpointView } from '../support/webhook-steps.ts';
import { asRecorded } from './as-recorded.ts';
import { apiDocument } from './described-api.ts';
import { messageFault, messageHeaderFault } from './schema-check.ts';

const RECORDED = new URL('../../apps/api/openapi/recorded-messages.json', import.meta.url);
const DAY = 24 * 60 * 60;

let service: TestService;
let worker: RunningWorker;
let receiver: WebhookReceiver;
let failing: WebhookReceiver;
let endpoint: EndpointView;
let recorded: Record<string, unknown>;

beforeAll(async () => {
  service = await startTestService();
  receiver = await WebhookReceiver.start();
  failing = await WebhookReceiver.start();
  await migrateQueues(service.pool);
  const config = readConfig({
    PURSER_WEBHOOKS_ALLOW_LOOPBACK: 'true',
    PURSER_SECRETS_KEY: SECRETS_KEY.toString('base64'),
  });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  worker = await startWorker({ config, databaseUrl: service.databaseUrl, log });
  recorded = JSON.parse(await readFile(RECORDED, 'utf8')) as Record<string, unknown>;
});
afterAll(async () => {
  await worker.close();
  await Promise.all([receiver.stop(), failing.stop()]);
  await service.stop();
});

/** What has arrived so far, oldest first. */
function messages(): WebhookPayload[] {
  return receiver.received.map((message) => verified(message, endpoint.secret));
}

async function arrived(type: string): Promise<void> {
  await eventually(`${type} has arrived`, () => Promise.resolve(messages().some((message) => message.type === type)));
}

/** Has every type of event happen once, one after the other. A new type gets a step here. */
async function causeEveryEvent(): Promise<void> {
  const { test, pool } = service;
  await closeMonth();
  const steady = await openAccount(test, { id: 'stark' });
  const account = await openAccount(test, { id: 'acme' });
  await test.send({
    method: 'PUT',
    path: `/v1/accounts/${account}/alerts`,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify({ percent: [50, 80], remaining: ['5'] }),
  });
  await grantCredits(test, account, '100');
  await arrived('grant.created');
  await charge(test, account, '80');
  await arrived('balance.threshold_reached');
  await charge(test, account, '16');
  await arrived('balance.low');
  await charge(test, account, '4');
  await arrived('balance.exhausted');
  const expires_at = new Date(Date.now() + 10 * DAY * 1000).toISOString();
  await grantCredits(test, account, '20', { category: 'included', expires_at });
  await arrived('balance.replenished');

  expect((await test.post('/v1/charges', { account, amount: '1000' })).status).toBe(402);
  await pool.query(`update declines set minute = minute - interval '2 minutes'`);
  await arrived('authorization.declined');
  await authorize(test, account, '4');
  await test.post('/v1/test-clock/advance', { seconds: 4 * DAY });
  await arrived('authorization.expired');
  await arrived('grant.expiring');
  await test.post('/v1/test-clock/advance', { seconds: 7 * DAY });
  await arrived('grant.expired');
  const soon = new Date(Date.now() + (11 * DAY + 600) * 1000).toISOString();
  await grantCredits(test, account, '5', { expires_at: soon });
  const { id: long } = await authorize(test, account, '3', { expires_in: 3600 });
  await test.post('/v1/test-clock/advance', { seconds: 1200 });
  await test.post(`/v1/authorizations/${long}/void`);
  await arrived('grant.remainder_expired');
  const { id: gift } = await grantCredits(test, account, '7');
  const { id: held } = await authorize(test, account, '2');
  await test.post(`/v1/grants/${gift}/void`);
  await arrived('grant.voided');
  await test.post(`/v1/authorizations/${held}/void`);
  await arrived('grant.remainder_voided');
  await test.post(`/v1/accounts/${account}/suspend`);
  await arrived('account.suspended');
  await test.post(`/v1/accounts/${account}/resume`);
  await grantCredits(test, account, '3');
  const { id: exceeded } = await authorize(test, account, '1');
  await test.post(`/v1/authorizations/${exceeded}/commit`, { amount: '1000' });
  await arrived('authorization.committed');
  await arrived('usage.uncollected');
  const { id: rate_card } = await makeRateCard(test);
  await test.patch(`/v1/accounts/${account}`, { rate_card });
  await grantCredits(test, account, '3');
  const { id: image } = await authorizeUsage(test, account);
  await test.post(`/v1/authorizations/${image}/commit`, {
    usage: { event: 'image.generated', model: 'painter-2', images: 1 },
  });
  await arrived('usage.unpriced');
  await foresee(steady);
  await loop(account);
  await raiseAndExceedBudget(account);
  await test.post(`/v1/accounts/${account}/close`, { remainder: 'return' });
  await arrived('account.closed');
  await fallShortOfCommitment();
  await comeToPlan();
  await pay();
  await refillUntilTheCap();
  await declineUntilSuspended();

  await spendHalfOfLimits();

  await test.post(`/v1/webhook-endpoints/${endpoint.id}/test`);
  await arrived('webhook_endpoint.test');
  failing.answering = answer(500);
  const other = await makeEndpoint(test, { url: failing.url });
  await pool.query(`update webhook_endpoints set failing_since = now() - interval '3 days' where url = $1`, [
    failing.url,
  ]);
  await test.post(`/v1/webhook-endpoints/${other.id}/test`);
  await arrived('webhook_endpoint.failing');
  failing.answering = answer(410);
  await test.post(`/v1/webhook-endpoints/${other.id}/test`);
  await arrived('webhook_endpoint.disabled');
}

/** A month before there was any account. */
async function closeMonth(): Promise<void> {
  expect(await service.test.post('/v1/periods/2020-01/close')).toMatchObject({ status: 200 });
  await arrived('period.closed');
}

/** An account that comes to a plan. */
async function comeToPlan(): Promise<void> {
  const { test } = service;
  const account = await openAccount(test, { id: 'hooli' });
  const { id: plan } = await makePlan(test, {
    recurring_grants: [{ name: 'allowance', amount: '1000', interval: 'month' }],
  });
  await test.put(`/v1/accounts/${account}/plan`, { plan });
  await arrived('plan.changed');
}

/** Payments that succeed, fail, are refunded, disputed, and wait for the customer. */
async function pay(): Promise<void> {
  const account = await openAccount(service.test, { id: 'umbrella' });
  const eventOf = {
    pm_ok: 'topup.succeeded',
    pm_declined: 'topup.failed',
    pm_refunded: 'payment.refunded',
    pm_disputed: 'payment.disputed',
    pm_requires_action: 'topup.requires_action',
  };
  for (const [payment_method, type] of Object.entries(eventOf)) {
    await buy(service.test, account, { amount: '500', provider: 'test', payment_method });
    await arrived(type);
  }
}

/** An account that may be topped up twice a month, and needs more. */
async function refillUntilTheCap(): Promise<void> {
  const account = await openAccount(service.test, { id: 'wonka', credits: '12' });
  await service.test.put(`/v1/accounts/${account}/auto-topup`, {
    threshold: '20',
    amount: '100',
    provider: 'test',
    payment_method: 'pm_ok',
    max_per_period: { period: 'month', count: 2 },
  });
  for (let times = 1; times <= 2; times += 1) {
    await eventually('the account is topped up', async () => (await balanceOf(service.test, account)).posted === '112');
    await charge(service.test, account, '100');
  }
  await arrived('topup.cap_reached');
}

function failuresOf(account: string): number {
  return messages().filter(({ type, data }) => type === 'topup.failed' && data['account'] === account).length;
}

/** An account whose card is declined thrice, an hour after each other. */
async function declineUntilSuspended(): Promise<void> {
  const account = await openAccount(service.test, { id: 'cyberdyne' });
  await service.test.put(`/v1/accounts/${account}/auto-topup`, {
    threshold: '20',
    amount: '100',
    provider: 'test',
    payment_method: 'pm_declined',
  });
  for (let declines = 1; declines < 3; declines += 1) {
    await eventually('the card is declined', () => Promise.resolve(failuresOf(account) === declines));
    await service.test.post('/v1/test-clock/advance', { seconds: 3600 });
  }
  await arrived('topup.suspended');
}

/** Spends half of a key's limit over all accounts, and half of the environment's. */
async function spendHalfOfLimits(): Promise<void> {
  const { test } = service;
  const account = await openAccount(test, { id: 'initech', credits: '100' });
  const limit = { amount: '20', period: 'total' };
  const { key } = await makeKey(test, { name: 'Development', scopes: ['authorize'], limit });
  const development = new ApiClient(service.url, key);
  await charge(development, account, '12');
  await development.close();
  await arrived('key_limit.threshold_reached');
  await test.put('/v1/limits', { amount: '40', period: 'total' });
  await charge(test, account, '30');
  await arrived('environment_limit.threshold_reached');
}

/** An hour that a worker has found to be unusual, and credits that last a few days if it goes on as in the last ten. */
async function foresee(account: string): Promise<void> {
  await makeAnomaly(service.pool, 'test', account);
  await arrived('anomaly.opened');
  await grantCredits(service.test, account, '40');
  await useDaily(service.pool, 'test', account, { days: 10, amount: '10' });
  await arrived('forecast.runs_out');
}

/** The same request twice in a minute, by the account's own rule. */
async function loop(account: string): Promise<void> {
  const { test } = service;
  await test.put(`/v1/accounts/${account}/rules`, { loop: [{ times: 2, action: 'throttle', tag: 'session' }] });
  for (let n = 0; n < 2; n += 1)
    await test.post('/v1/charges', { account, amount: '0.1', tags: { session: 'session-1' } });
  await arrived('usage.spike_detected');
  await arrived('usage.throttled');
  await test.post(`/v1/accounts/${account}/rules/resume`, { tag: 'session' });
  await arrived('usage.resumed');
}

/** A soft budget that is used up at once, and raises of it that are asked for. */
async function raiseAndExceedBudget(account: string): Promise<void> {
  const { test } = service;
  await makeBudget(test, account, 'day', { amount: '1', mode: 'soft' });
  await grantCredits(test, account, '3');
  await charge(test, account, '2');
  await arrived('budget.threshold_reached');
  await arrived('budget.exceeded');
  for (const decision of ['approve', 'deny']) {
    const { body } = await test.post(`/v1/accounts/${account}/budgets/day/raise-requests`, {
      amount: '5',
      until: '2099-01-01T00:00:00Z',
      reason: 'Launch week',
    });
    const { id } = body as { readonly id: string };
    await arrived('budget.raise_requested');
    const said = decision === 'deny' ? { reason: 'One launch is enough' } : {};
    await test.post(`/v1/raise-requests/${id}/${decision}`, said);
  }
  await arrived('budget.raise_approved');
  await arrived('budget.raise_denied');
}

/** A month in which 70 of 100 are missing, until 20 more are charged late. It follows the rest of a month, which is met. */
async function fallShortOfCommitment(): Promise<void> {
  const { test } = service;
  const account = await openAccount(test, { id: 'globex', credits: '500', commitment: { amount: '100' } });
  await charge(test, account, '100');
  const { now } = (await test.get('/v1/test-clock')).body as { readonly now: string };
  const [today, nextMonth] = [new Date(now), new Date(now)];
  nextMonth.setUTCMonth(today.getUTCMonth() + 2, 1);
  nextMonth.setUTCHours(0, 0, 0, 0);
  const seconds = Math.floor((nextMonth.getTime() - today.getTime()) / 1000);
  await test.post('/v1/test-clock/advance', { seconds: seconds - 3600 });
  await charge(test, account, '30');
  const { id } = await authorize(test, account, '20', { expires_in: DAY });
  await test.post('/v1/test-clock/advance', { seconds: 7200 });
  await eventually('both months are settled', () =>
    Promise.resolve(messages().filter(({ type }) => type === 'commitment.settled').length === 2),
  );
  await test.post(`/v1/authorizations/${id}/commit`);
  await arrived('commitment.set_off');
}

/**
 * The first message of each type, in the order of the types. Of commitments it is the last: the first is about a part of a
 * month, whatever part that is today.
 */
function examples(): Record<string, unknown> {
  const byType = Map.groupBy(messages(), ({ type }) => type);
  return Object.fromEntries(
    EVENT_TYPES.map((type) => {
      const sent = byType.get(type)?.at(type.startsWith('commitment.') ? -1 : 0);
      return [type, asRecorded(sent, recorded[type])] as const;
    }),
  );
}

describe('the webhooks in the description', () => {
  beforeAll(async () => {
    endpoint = await makeEndpoint(service.test, { url: receiver.url, types: EVENT_TYPES });
    await causeEveryEvent();
    if (process.env['RECORD_EXAMPLES'] === undefined) return;
    recorded = examples();
    await writeFile(RECORDED, `${JSON.stringify(recorded, null, 2)}\n`);
  });

  it('are all types of events, each with an example', () => {
    expect(Object.keys(apiDocument.webhooks)).toEqual(EVENT_TYPES);
    for (const { post } of Object.values(apiDocument.webhooks))
      expect(post.requestBody.content['application/json']).toHaveProperty('examples.sent.value');
  });

  it('have the examples that are really sent; RECORD_EXAMPLES=1 shows what is sent now', () => {
    expect(recorded).toEqual(examples());
  });

  it('describe every message that arrives, with its headers', () => {
    expect(new Set(messages().map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
    for (const message of receiver.received) {
      const payload = verified(message, endpoint.secret);
      expect({ type: payload.type, fault: messageFault(payload) }).toEqual({ type: payload.type, fault: null });
      for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
        expect(messageHeaderFault(payload.type, name, String(message.headers[name]))).toBeNull();
    }
  });
});
