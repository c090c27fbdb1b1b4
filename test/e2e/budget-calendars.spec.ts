import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A day or month by the calendar that Postgres has, in milliseconds since 1970. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The `count` days or months of a zone that follow that of an instant. */
async function following(unit: 'day' | 'month', zone: string, after: number, count: number): Promise<Stretch[]> {
  const { rows } = await service.pool.query<{ start: Date; end: Date }>(
    `select (first + n * one) at time zone $2 as start, (first + (n + 1) * one) at time zone $2 as end
    from generate_series(1, $4::int) n,
      (select date_trunc($1, $3::timestamptz at time zone $2) as first, ('1 ' || $1)::interval as one) f order by n`,
    [unit, zone, new Date(after), count],
  );
  return rows.map(({ start, end }) => ({ start: start.getTime(), end: end.getTime() }));
}

async function clock(): Promise<number> {
  const { body } = await service.test.get('/v1/test-clock');
  return Date.parse((body as { now: string }).now);
}

async function advanceTo(instant: number): Promise<void> {
  const seconds = Math.floor((instant - (await clock())) / 1000);
  expect(await service.test.post('/v1/test-clock/advance', { seconds })).toMatchObject({ status: 200 });
}

const iso = (instant: number): string => new Date(instant).toISOString();
const spend = (account: string, amount: string) => service.test.post('/v1/charges', { account, amount });

describe('a budget of a day', () => {
  it('lasts as long as the day does where clocks change', async () => {
    const zone = 'Europe/Berlin';
    const days = await following('day', zone, await clock(), 400);
    const odd = days.filter(({ start, end }) => end - start !== 24 * HOUR).slice(0, 2);
    expect(odd.map(({ start, end }) => end - start).sort()).toEqual([23 * HOUR, 25 * HOUR]);
    for (const { start, end } of odd) {
      await advanceTo(start - MINUTE);
      const account = await openAccount(service.test, { credits: '1000', time_zone: zone });
      await makeBudget(service.test, account, 'day', { amount: '10' });
      expect((await spend(account, '10')).status).toBe(201);
      const declined = await spend(account, '1');
      expectProblem(declined, 402, 'budget_exceeded');
      expect(declined.body).toMatchObject({ resets_at: iso(start) });

      await advanceTo(start + MINUTE);
      expect((await spend(account, '10')).status).toBe(201);
      expect((await readBudget(service.test, account, 'day')).windows).toMatchObject([
        { start: iso(start), resets_at: iso(end), spent: '10' },
      ]);

      await advanceTo(end - MINUTE);
      expectProblem(await spend(account, '1'), 402, 'budget_exceeded');
      await advanceTo(end + MINUTE);
      expect((await spend(account, '10')).status).toBe(201);
    }
  });
});

describe('a budget of a month', () => {
  it.each(['America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Auckland'])('begins with it in %s', async (zone) => {
    const [{ start, end } = { start: 0, end: 0 }] = await following('month', zone, (await clock()) + HOUR, 1);
    await advanceTo(start - MINUTE);
    const account = await openAccount(service.test, { credits: '1000' });
    await makeBudget(service.test, account, 'month', { amount: '10', period: 'month', time_zone: zone });
    expect((await spend(account, '10')).status).toBe(201);
    expect((await spend(account, '1')).body).toMatchObject({ code: 'budget_exceeded', resets_at: iso(start) });
    await advanceTo(start + MINUTE);
    expect((await spend(account, '10')).status).toBe(201);
    expect((await readBudget(service.test, account, 'month')).windows).toMatchObject([
      { start: iso(start), resets_at: iso(end), spent: '10' },
    ]);
  });
});

describe('a raise, and a budget with an end', () => {
  it('hold by the account’s clock', async () => {
    const account = await openAccount(service.test, { credits: '1000' });
    const inAnHour = iso((await clock()) + HOUR);
    await makeBudget(service.test, account, 'all', { amount: '10', period: 'total' });
    await makeBudget(service.test, account, 'ends', { amount: '20', period: 'total', until: inAnHour });
    await service.test.post(`/v1/accounts/${account}/budgets/all/raise`, {
      amount: '30',
      until: inAnHour,
      reason: 'A launch',
    });
    expect((await spend(account, '20')).status).toBe(201);
    expect((await spend(account, '1')).body).toMatchObject({ name: 'ends', resets_at: null });
    await service.test.post('/v1/test-clock/advance', { seconds: 3600 });
    expect((await spend(account, '1')).body).toMatchObject({ name: 'all', limit: '10' });
    expect(await readBudget(service.test, account, 'all')).toMatchObject({ raise: null });
    await service.test.patch(`/v1/accounts/${account}/budgets/all`, { amount: '100' });
    expect((await spend(account, '50')).status).toBe(201);
  });
});
