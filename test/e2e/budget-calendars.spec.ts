import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { StillClock } from '../support/still-clock.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

/** A millisecond before a whole second: what advances it by whole seconds stops a millisecond before every border of a calendar. */
const START = Date.parse('2026-12-15T11:59:59.999Z');

let service: TestService;
let clock: StillClock;
beforeAll(async () => {
  service = await startTestService({}, async (url) => (clock = await StillClock.stop(url, START)));
});
afterAll(() => service.stop());

const SECOND = 1000;
const HOUR = 3600 * SECOND;

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

async function now(): Promise<number> {
  const { body } = await service.test.get('/v1/test-clock');
  return Date.parse((body as { now: string }).now);
}

/** Moves time to the millisecond before an instant, by the test clock. */
async function advanceTillJustBefore(instant: number): Promise<void> {
  const seconds = (instant - 1 - (await now())) / SECOND;
  if (seconds === 0) return;
  const { body } = await service.test.post('/v1/test-clock/advance', { seconds });
  expect(body).toMatchObject({ now: iso(instant - 1) });
}

/** The next millisecond; and, when that has been looked at, the last one of its second. */
const nextMillisecond = (): Promise<void> => clock.advance(service.pool, 1);
const restOfSecond = (): Promise<void> => clock.advance(service.pool, SECOND - 1);

const MONTHLY = { amount: '10', period: 'month' };
const iso = (instant: number): string => new Date(instant).toISOString();
const spend = (account: string, amount: string) => service.test.post('/v1/charges', { account, amount });

/** Spends 10 of a budget of 10 in each window: the last one is closed a millisecond before a border, and the next one open at it. */
async function expectBorder(account: string, budget: string, { start, end }: Stretch): Promise<void> {
  const declined = await spend(account, '1');
  expectProblem(declined, 402, 'budget_exceeded');
  expect(declined.body).toMatchObject({ name: budget, resets_at: iso(start), spent: '10' });
  await nextMillisecond();
  expect(await spend(account, '10')).toMatchObject({ status: 201, body: { created_at: iso(start) } });
  expect((await readBudget(service.test, account, budget)).windows).toMatchObject([
    { start: iso(start), resets_at: iso(end), spent: '10' },
  ]);
  await restOfSecond();
}

async function openSpentAccount(budget: string, terms: Readonly<Record<string, unknown>>): Promise<string> {
  const account = await openAccount(service.test, { credits: '1000' });
  await makeBudget(service.test, account, budget, { amount: '10', ...terms });
  expect((await spend(account, '10')).status).toBe(201);
  return account;
}

describe('the months of a budget', () => {
  it('begin at their first millisecond in every zone, through both changes of the clocks', async () => {
    const zones = ['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Auckland'];
    const borders = await Promise.all(
      zones.map(async (zone) => {
        const months = await following('month', zone, START, 12);
        const changing = months.filter(({ start, end }) => (end - start) % (24 * HOUR) !== 0);
        expect([zone, changing.length]).toEqual([zone, zone === zones[0] || zone === zones[3] ? 2 : 0]);
        // Where clocks change, the borders of these months; elsewhere any.
        const next = changing.flatMap(({ end }) => months.filter(({ start }) => start === end));
        const chosen = changing.length > 0 ? [...changing, ...next] : months.slice(0, 2);
        return chosen.map((month) => ({ zone, month }));
      }),
    );
    const accounts = new Map<string, string>();
    for (const { zone, month } of borders.flat().sort((a, b) => a.month.start - b.month.start)) {
      await advanceTillJustBefore(month.start);
      const account = accounts.get(zone) ?? (await openAccount(service.test, { credits: '1000' }));
      if (!accounts.has(zone)) await makeBudget(service.test, account, 'month', { ...MONTHLY, time_zone: zone });
      accounts.set(zone, account);
      // Months may lie between: then nothing is spent yet.
      await spend(account, '10');
      await expectBorder(account, 'month', month);
    }
  });
});

describe('the days of a budget', () => {
  it.each(['Europe/Berlin', 'Pacific/Auckland'])('have 23 and 25 hours where clocks change in %s', async (zone) => {
    const days = await following('day', zone, await now(), 400);
    const odd = days.filter(({ start, end }) => end - start !== 24 * HOUR).slice(0, 2);
    expect(odd.map(({ start, end }) => end - start).sort()).toEqual([23 * HOUR, 25 * HOUR]);
    for (const day of odd) {
      await advanceTillJustBefore(day.start);
      // Here the zone is the account's.
      const account = await openAccount(service.test, { credits: '1000', time_zone: zone });
      await makeBudget(service.test, account, 'day', { amount: '10' });
      expect((await spend(account, '10')).status).toBe(201);
      await expectBorder(account, 'day', day);
      const [next] = await following('day', zone, day.start, 1);
      await advanceTillJustBefore(day.end);
      await expectBorder(account, 'day', next ?? day);
    }
  });
});

describe('another time zone', () => {
  it.each([
    [
      'of the account',
      (account: string) => service.test.patch(`/v1/accounts/${account}`, { time_zone: 'Asia/Kathmandu' }),
    ],
    [
      'of the budget',
      (account: string) => service.test.patch(`/v1/accounts/${account}/budgets/cap`, { time_zone: 'Asia/Kathmandu' }),
    ],
  ])('%s holds from the end of each window under way', async (_, change) => {
    for (const period of ['day', 'month'] as const) {
      const [{ start } = { start: 0 }] = await following(period, 'UTC', await now(), 1);
      const account = await openSpentAccount('cap', { period });
      expect((await change(account)).status).toBe(200);
      await advanceTillJustBefore(start);
      // In Kathmandu the next one is some hours old by then, and ends with its calendar.
      const [next = { start: 0, end: 0 }] = await following(period, 'Asia/Kathmandu', start, 1);
      await expectBorder(account, 'cap', { start, end: next.start });
      await advanceTillJustBefore(next.start);
      await expectBorder(account, 'cap', next);
    }
  });
});

describe('a raise, and a budget with an end', () => {
  it('hold by the account’s clock', async () => {
    const account = await openAccount(service.test, { credits: '1000' });
    const inAnHour = (await now()) + HOUR;
    const until = iso(inAnHour);
    await makeBudget(service.test, account, 'all', { amount: '10', period: 'total' });
    await makeBudget(service.test, account, 'ends', { amount: '20', period: 'total', until });
    await service.test.post(`/v1/accounts/${account}/budgets/all/raise`, { amount: '30', until, reason: 'A launch' });
    expect((await spend(account, '20')).status).toBe(201);
    expect((await spend(account, '1')).body).toMatchObject({ name: 'ends', resets_at: null });
    await service.test.post('/v1/test-clock/advance', { seconds: 3600 });
    expect((await spend(account, '1')).body).toMatchObject({ name: 'all', limit: '10' });
    expect(await readBudget(service.test, account, 'all')).toMatchObject({ raise: null });
    await service.test.patch(`/v1/accounts/${account}/budgets/all`, { amount: '100' });
    expect((await spend(account, '50')).status).toBe(201);
  });
});
