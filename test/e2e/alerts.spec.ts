import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { authorize, charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

interface EventView {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const put = (path: string, body: unknown, client = service.live) =>
  client.send({
    method: 'PUT',
    path,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });

/** An account's events of a type, oldest first. */
async function eventsOf(account: string, type: string, client = service.live): Promise<EventView[]> {
  const { status, body } = await client.get(`/v1/events?account=${account}&type=${type}`);
  expect(status).toBe(200);
  return (body as { data: EventView[] }).data.toReversed();
}

describe('alerts', () => {
  it('are told in the transaction that crosses them, once, with the numbers', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const { id } = await authorize(service.live, account, '95');
    expect(await eventsOf(account, 'balance.threshold_reached')).toEqual([]);
    await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '80' }, { key: 'once' });
    await service.live.post(`/v1/authorizations/${id}/commit`, { amount: '80' }, { key: 'once' });
    const [event, ...more] = await eventsOf(account, 'balance.threshold_reached');
    expect(more).toEqual([]);
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/),
      type: 'balance.threshold_reached',
      timestamp: expect.any(String),
      data: {
        account,
        sequence: 2,
        percent: 75,
        crossed: [50, 75],
        used_percent: '80',
        basis: '100',
        epoch: 1,
        forecast: { used_last_hour: '80', hours_left: '0.2' },
        balance: { posted: '20', held: '0', available: '20', unit: 'credits' },
      },
    });
    expect(await service.live.get(`/v1/events/${String(event?.id)}`)).toMatchObject({ status: 200, body: event });
  });

  it('follow the environment until an account has its own, list by list', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const path = `/v1/accounts/${account}/alerts`;
    expect((await service.live.get(path)).body).toEqual({
      account,
      percent: [50, 75, 90, 100],
      remaining: [],
      run_out_days: 7,
      inherited: ['percent', 'remaining', 'run_out_days'],
      epoch: 1,
      basis: '100',
      used_percent: '0',
      reached_percent: null,
    });
    expect(await put('/v1/alerts', { percent: [40, 20] })).toMatchObject({
      status: 200,
      body: { percent: [20, 40], remaining: [] },
    });
    await put(path, { remaining: ['500', '70.5'] });
    await charge(service.live, account, '30');
    expect((await service.live.get(path)).body).toMatchObject({
      percent: [20, 40],
      remaining: ['70.5', '500'],
      inherited: ['percent', 'run_out_days'],
      used_percent: '30',
      reached_percent: 20,
    });
    expect(await eventsOf(account, 'balance.low')).toMatchObject([{ data: { level: '70.5', crossed: ['70.5'] } }]);
    expect(await put('/v1/alerts', {})).toMatchObject({ body: { percent: [50, 75, 90, 100], remaining: [] } });
    expect((await service.test.get('/v1/alerts')).body).toEqual({
      percent: [50, 75, 90, 100],
      remaining: [],
      run_out_days: 7,
    });
  });

  it('tell again of a level after the balance rose while other rules held', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    const path = `/v1/accounts/${account}/alerts`;
    await put(path, { remaining: ['5'] });
    await charge(service.live, account, '6');
    await put(path, { remaining: [] });
    await grantCredits(service.live, account, '10');
    await put(path, { remaining: ['5'] });
    await charge(service.live, account, '10');
    expect(await eventsOf(account, 'balance.low')).toHaveLength(2);
  });

  it('of an environment hold in other processes half a second later', async () => {
    const other = await service.startAnother();
    await put('/v1/alerts', { percent: [10] }, service.test);
    await eventually('the other process knows them', async () => {
      const account = await openAccount(service.test, { credits: '100' });
      await charge(other.test, account, '10');
      return (await eventsOf(account, 'balance.threshold_reached', other.test)).length === 1;
    });
  });

  it.each([
    [{ percent: [0] }, 'percent'],
    [{ percent: [1001] }, 'percent'],
    [{ percent: [50.5] }, 'percent'],
    [{ percent: [50, 50] }, 'percent'],
    [{ percent: '50' }, 'percent'],
    [{ percent: Array.from({ length: 21 }, (_, at) => at + 1) }, 'percent'],
    [{ remaining: [500] }, 'remaining'],
    [{ remaining: ['-5'] }, 'remaining'],
    [{ remaining: ['5', '7', '5.0'] }, 'remaining'],
    [{ thresholds: [50] }, 'thresholds'],
  ])('refuse %j', async (body, field) => {
    const account = await openAccount(service.live);
    for (const path of [`/v1/accounts/${account}/alerts`, '/v1/alerts']) {
      const { errors } = expectProblem(await put(path, body), 400, 'invalid_request');
      expect(errors).toMatchObject([{ field: expect.stringContaining(field) }]);
    }
  });

  it('of an account that isn’t there aren’t either', async () => {
    expectProblem(await put('/v1/accounts/nobody/alerts', {}), 404, 'account_not_found');
    expectProblem(await service.live.get('/v1/accounts/nobody/alerts'), 404, 'account_not_found');
  });
});

describe('events', () => {
  it('tell of grants, suspensions and an empty account, numbered without a gap', async () => {
    const account = await openAccount(service.live);
    const { id } = await grantCredits(service.live, account, '10');
    await charge(service.live, account, '10');
    const other = await grantCredits(service.live, account, '5');
    await service.live.post(`/v1/grants/${other.id}/void`);
    await service.live.post(`/v1/accounts/${account}/suspend`);
    await service.live.post(`/v1/accounts/${account}/suspend`);
    const { body } = await service.live.get(`/v1/events?account=${account}`);
    const events = (body as { data: EventView[] }).data.toReversed();
    expect(events.map(({ type, data }) => [data['sequence'], type])).toEqual([
      [1, 'grant.created'],
      [2, 'balance.threshold_reached'],
      [3, 'balance.exhausted'],
      [4, 'grant.created'],
      [5, 'balance.replenished'],
      [6, 'grant.voided'],
      [7, 'balance.threshold_reached'],
      [8, 'balance.exhausted'],
      [9, 'account.suspended'],
    ]);
    expect(events[0]?.data).toMatchObject({ grant: id, amount: '10', category: 'paid' });
  });

  it('are listed newest first, page by page, of all accounts or one', async () => {
    const account = await openAccount(service.live);
    for (const amount of ['1', '2', '3']) await grantCredits(service.live, account, amount);
    const pages = await pagesOf(service.live, `/v1/events?account=${account}`, 2);
    expect(pages.map((page) => page.length)).toEqual([2, 1]);
    const all = (await pagesOf(service.live, '/v1/events', 3)).flat();
    expect(new Set(all).size).toBe(all.length);
    expect(all).toEqual(expect.arrayContaining(pages.flat()));
  });

  it('are found by their own environment only', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const [event] = await eventsOf(account, 'grant.created');
    expectProblem(await service.test.get(`/v1/events/${String(event?.id)}`), 404, 'event_not_found');
    expect((await service.test.get(`/v1/events?account=${account}`)).body).toMatchObject({ data: [] });
    expectProblem(await service.live.get('/v1/events/evt_nothing'), 404, 'event_not_found');
    expectProblem(await service.live.get('/v1/events?type=grant.lost'), 400, 'invalid_request');
  });
});
