import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { startService, type ServiceRun } from '../cli/service-run.ts';
import type { Answer } from '../support/api-client.ts';
import { expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { authorize, balanceOf, grantCredits, openAccount } from '../support/ledger-steps.ts';
import { LIVE_KEY, startTestService, TEST_KEY, type TestInstance, type TestService } from '../support/test-service.ts';

let service: TestService;
let processes: readonly ServiceRun[];
let instances: readonly TestInstance[];
beforeAll(async () => {
  service = await startTestService();
  const environment = {
    DATABASE_URL: service.databaseUrl,
    PURSER_ADMIN_KEY: LIVE_KEY,
    PURSER_TEST_ADMIN_KEY: TEST_KEY,
  };
  processes = [await startService(tmpdir(), environment), await startService(tmpdir(), environment)];
  instances = processes.map((run) => ({ url: run.url, live: run.client(LIVE_KEY), test: run.client(TEST_KEY) }));
}, 120_000);
afterAll(async () => {
  for (const run of processes) await run.end('SIGTERM');
  await service.stop();
});

function countByStatus(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Sends a request `times` times at once, by turns to each instance. */
function atOnce(times: number, instances: readonly TestInstance[], send: (to: TestInstance) => Promise<Answer>) {
  return Promise.all(
    Array.from({ length: times }, (_, index) => {
      const instance = instances[index % instances.length];
      if (!instance) throw new Error('there is no instance to send to');
      return send(instance);
    }),
  );
}

describe.each([
  ['one instance', () => [service]],
  ['two processes on one database', () => instances],
])('%s', (_, instancesOf) => {
  it('lets exactly 50 of 1 000 concurrent charges of 0.10 pass on an account with 5', async () => {
    const account = await openAccount(service.live, { credits: '5' });
    const answers = await atOnce(1000, instancesOf(), ({ live }) =>
      live.post('/v1/charges', { account, amount: '0.10' }, { key: randomUUID() }),
    );

    expect(countByStatus(answers)).toEqual({ 201: 50, 402: 950 });
    for (const answer of answers.filter(({ status }) => status === 402))
      expect(expectProblem(answer, 402, 'insufficient_credits')).toMatchObject({ available: '0', shortfall: '0.1' });
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '0', held: '0', available: '0' });
    const usage = expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers?limit=100`)).filter(
      ({ kind }) => kind === 'usage',
    );
    expect(usage.map(({ amount }) => amount)).toEqual(Array<string>(50).fill('0.1'));
  });

  it('holds exactly what is there, and every decision saw the one before it', async () => {
    const account = await openAccount(service.live, { credits: '5' });
    const answers = await atOnce(200, instancesOf(), ({ live }) =>
      live.post('/v1/authorizations', { account, amount: '0.1', expires_in: 600 }),
    );

    expect(countByStatus(answers)).toEqual({ 201: 50, 402: 150 });
    for (const answer of answers.filter(({ status }) => status === 402)) expectProblem(answer, 402, 'credits_held');
    const held = answers
      .filter(({ status }) => status === 201)
      .map(({ body }) => (body as { balance: { held: string } }).balance.held);
    expect(held.map(Number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_step, index) => (index + 1) / 10),
    );
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '5', held: '5', available: '0' });
  });

  it('commits each of 100 holds once, however many commits come at once', async () => {
    const account = await openAccount(service.live, { credits: '100' });
    const holds = await Promise.all(Array.from({ length: 100 }, () => authorize(service.live, account, '1')));
    const answers = await Promise.all(
      holds.map(({ id }) =>
        atOnce(4, instancesOf(), ({ live }) => live.post(`/v1/authorizations/${id}/commit`, { amount: '0.25' })),
      ),
    );

    expect(countByStatus(answers.flat())).toEqual({ 200: 400 });
    for (const same of answers) expect(new Set(same.map(({ text }) => text)).size).toBe(1);
    expect(await balanceOf(service.live, account)).toMatchObject({ posted: '75', held: '0', available: '75' });
  });

  it('takes batches over the same accounts in opposite orders: no deadlock, no 5xx, and the totals match', async () => {
    const accounts = await Promise.all(Array.from({ length: 4 }, () => openAccount(service.live, { credits: '20' })));
    let turn = 0;
    const answers = await atOnce(200, instancesOf(), ({ live }) => {
      turn += 1;
      // Neighbouring requests name the same pair of accounts, one in one order and the other in the other.
      const pair = [accounts[(turn >> 2) % 4], accounts[((turn >> 2) + 1) % 4]];
      const items = (turn & 2 ? pair : pair.toReversed()).map((account) => ({ account, amount: '0.5' }));
      return live.post('/v1/charges/batch', { items }, { key: randomUUID() });
    });

    const passed = answers.filter(({ status }) => status === 201);
    expect(countByStatus(answers)).toEqual({ 201: passed.length, 402: 200 - passed.length });
    const balances = await Promise.all(accounts.map((account) => balanceOf(service.live, account)));
    const left = balances.reduce((total, { posted }) => total + Number(posted), 0);
    expect(left).toBe(80 - passed.length);
    for (const { posted, held } of balances) {
      expect(Number(posted)).toBeGreaterThanOrEqual(0);
      expect(held).toBe('0');
    }
  });

  it('never lets balance, grants and holds come apart under all operations at once', async () => {
    const account = await openAccount(service.live, { credits: '20', overdraft_limit: '2', overage: 'debt' });
    const grant = await grantCredits(service.live, account, '20', { priority: 1 });
    const step = async ({ live }: TestInstance, index: number): Promise<Answer[]> => {
      if (index % 10 === 5) return [await live.post(`/v1/accounts/${account}/grants`, { amount: '1' })];
      if (index % 3 === 0) return [await live.post('/v1/charges', { account, amount: '0.7' })];
      const hold = await live.post('/v1/authorizations', { account, amount: '1.1' });
      if (hold.status !== 201) return [hold];
      const path = `/v1/authorizations/${(hold.body as { id: string }).id}`;
      if (index === 7) return [hold, await live.post(`/v1/grants/${grant.id}/void`)];
      if (index % 4 === 0) return [hold, await live.post(`${path}/void`)];
      return [hold, await live.post(`${path}/commit`, { amount: index % 2 === 0 ? '0.3' : '1.9' })];
    };
    const instances = instancesOf();
    const answers = await Promise.all(
      Array.from({ length: 120 }, (_step, index) => step(instances[index % instances.length] ?? service, index)),
    );

    for (const { status } of answers.flat()) expect([200, 201, 402, 409]).toContain(status);
    const { posted, held, available, debt } = await balanceOf(service.live, account);
    expect(Number(available)).toBeGreaterThanOrEqual(-2);
    expect(Number(debt)).toBeLessThanOrEqual(2);
    // Amounts of one place: a rounded difference is exact.
    expect((Number(posted) - Number(held)).toFixed(1)).toBe(Number(available).toFixed(1));
  });
});

describe('many accounts', () => {
  it('are served at the same time, from two processes, each exactly', async () => {
    const accounts = await Promise.all(Array.from({ length: 50 }, () => openAccount(service.live, { credits: '1' })));
    const answers = await Promise.all(
      accounts.map((account) =>
        atOnce(12, instances, ({ live }) => live.post('/v1/charges', { account, amount: '0.1' })),
      ),
    );
    for (const ofOne of answers) expect(countByStatus(ofOne)).toEqual({ 201: 10, 402: 2 });
  });
});
