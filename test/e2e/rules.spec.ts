import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { expectFaults } from '../support/expect-answer.ts';
import { authorize, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let live: ApiClient;
beforeAll(async () => {
  service = await startTestService();
  live = service.live;
});
afterAll(() => service.stop());

const NO_RULES = {
  max_amount: null,
  max_open_holds: null,
  max_output_tokens: null,
  rate: [],
  nap: [],
  spike: [],
  loop: [],
};

describe('the rules of an account', () => {
  it('are none at first, and what was set after that', async () => {
    const account = await openAccount(live, { credits: '100' });
    const path = `/v1/accounts/${account}/rules`;
    const none = await live.get(path);
    expect(none.body).toEqual({
      account,
      ...NO_RULES,
      exempt: false,
      inherited: Object.keys(NO_RULES),
      restraints: [],
    });
    const rules = {
      max_amount: '5.50',
      rate: [{ requests: 2, per: 'minute' }],
      spike: [{ factor: 8, floor: '100', action: 'alert' }],
      loop: [{ times: 30, action: 'suspend', for: 60, tag: 'session' }],
    };
    const set = await live.put(path, rules);
    expect(set.status).toBe(200);
    expect(set.body).toMatchObject({
      max_amount: '5.5',
      rate: [{ amount: null, requests: 2, per: 'minute', tag: null }],
      spike: [{ factor: '8', floor: '100', action: 'alert', for: null, tag: null }],
      loop: [{ times: 30, per: 'minute', action: 'suspend', for: 60, tag: 'session' }],
      inherited: ['max_open_holds', 'max_output_tokens', 'nap'],
    });
    expect((await live.get(path)).body).toEqual(set.body);
    const { body: log } = await live.get('/v1/audit-log');
    expect((log as { data: { object: string; after: unknown }[] }).data[0]).toMatchObject({
      object: account,
      after: { rules: { max_amount: '5.5' } },
    });
  });

  it('decline what goes beyond them, and remember all declines but those for a while', async () => {
    const account = await openAccount(live, { credits: '100' });
    await live.put(`/v1/accounts/${account}/rules`, { max_amount: '5', rate: [{ requests: 1, per: 'hour' }] });
    const ask = (amount: string, key: string) => live.post('/v1/authorizations', { account, amount }, { key });
    const large = await ask('6', `${account}-large`);
    expect([large.status, large.body]).toMatchObject([
      402,
      { code: 'request_too_large', rule: 'max_amount', required: '6', limit: '5' },
    ]);
    expect((await ask('6', `${account}-large`)).headers['idempotency-replayed']).toBe('true');
    await authorize(live, account, '1');
    const fast = await ask('1', `${account}-fast`);
    expect([fast.status, fast.body]).toMatchObject([
      402,
      { code: 'spend_rate_exceeded', rule: 'rate', tag: null, value: null, retry_after: 3600 },
    ]);
    expect(fast.headers['retry-after']).toBe('3600');
    await live.put(`/v1/accounts/${account}/rules`, {});
    expect((await ask('1', `${account}-fast`)).status).toBe(201);
  });

  it('are checked, all faults at once', async () => {
    const account = await openAccount(live);
    const { status, body } = await live.put(`/v1/accounts/${account}/rules`, {
      max_amount: '0',
      max_open_holds: 0,
      rate: [
        { per: 'day' },
        { amount: '1', requests: 1, per: 'hour' },
        'fast',
        { amount: '1000000000001', per: 'hour' },
      ],
      nap: [{ over_output_tokens: 500 }],
      spike: [{ factor: '1', floor: 5, action: 'block' }],
      loop: [{ times: 1, per: 'hour', action: 'alert', until: 3 }],
      extra: true,
    });
    expect(status).toBe(400);
    const fields = (body as { errors: { field: string }[] }).errors.map(({ field }) => field).sort();
    expect(fields).toEqual(
      [
        'extra',
        'loop.0.per',
        'loop.0.times',
        'loop.0.until',
        'max_amount',
        'max_open_holds',
        'nap.0.seconds',
        'rate.0.amount',
        'rate.0.per',
        'rate.1.requests',
        'rate.2',
        'rate.3.amount',
        'spike.0.action',
        'spike.0.factor',
        'spike.0.floor',
      ].sort(),
    );
  });

  it('follow the environment in what they leave out, unless the account is exempt', async () => {
    const { test } = service;
    const account = await openAccount(test, { credits: '100' });
    const path = `/v1/accounts/${account}/rules`;
    const set = await test.put('/v1/rules', { max_amount: '5', nap: [{ over_output_tokens: 500, seconds: 10 }] });
    expect([set.status, set.body]).toMatchObject([200, { max_amount: '5', max_open_holds: null }]);
    expect((await test.get('/v1/rules')).body).toEqual(set.body);
    expect((await live.get('/v1/rules')).body).toEqual(NO_RULES);
    expect((await test.post('/v1/charges', { account, amount: '6' })).body).toMatchObject({ rule: 'max_amount' });
    await test.put(path, { nap: [] });
    expect((await test.get(path)).body).toMatchObject({ max_amount: '5', nap: [] });
    await test.put(path, { exempt: true });
    expect((await test.get(path)).body).toMatchObject({ ...NO_RULES, exempt: true, inherited: [] });
    expect((await test.post('/v1/charges', { account, amount: '6' })).status).toBe(201);
    await test.put('/v1/rules', {});
  });

  it('are resumed though nothing is restrained', async () => {
    const account = await openAccount(live);
    const { status, body } = await live.post(`/v1/accounts/${account}/rules/resume`, { tag: 'user', value: 'u1' });
    expect([status, body]).toMatchObject([200, { account, restraints: [] }]);
    expect((await live.post('/v1/accounts/nobody/rules/resume', {})).status).toBe(404);
    expectFaults(await live.post(`/v1/accounts/${account}/rules/resume`, { value: 'u1' }), ['tag']);
  });
});

describe('a dry run', () => {
  const all = { from: '2020-01-01T00:00:00Z', to: '2090-01-01T00:00:00Z' };

  it('says what rules would have declined, by value, and what that would have saved', async () => {
    const account = await openAccount(live, { credits: '1000' });
    for (let n = 0; n < 6; n += 1) {
      await live.post('/v1/charges', { account, amount: '10', tags: { user: n < 4 ? 'u1' : 'u2' } });
    }
    await authorize(live, account, '10');
    const rule = { rate: [{ amount: '20', per: 'hour', tag: 'user' }] };
    const { status, body } = await live.post('/v1/limits/dry-run', { rule, account, ...all });
    expect([status, body]).toMatchObject([
      200,
      {
        requests: 6,
        declined: 2,
        saved: '20',
        caught: [{ account, rule: 'rate', tag: 'user', value: 'u1', declined: 2, saved: '20' }],
        until: '2090-01-01T00:00:00.000Z',
        truncated: false,
      },
    ]);
    const everybody = await live.post('/v1/limits/dry-run', { rule: { max_amount: '9' }, ...all });
    expect((everybody.body as { declined: number }).declined).toBeGreaterThanOrEqual(6);
    expect((await live.post('/v1/limits/dry-run', { rule, account: 'nobody', ...all })).status).toBe(404);
    const turned = { rule, from: all.to, to: all.from };
    expect((await live.post('/v1/limits/dry-run', turned)).body).toMatchObject({ errors: [{ field: 'to' }] });
  });
});
