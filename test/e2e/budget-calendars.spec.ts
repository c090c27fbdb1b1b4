import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Temporal } from 'temporal-polyfill';
import { makeBudget, readBudget } from '../support/budget-steps.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const NOW = Temporal.Now.instant();

/** The next day in a zone that is not 24 hours long, in each direction. */
function oddDays(zone: string): Temporal.ZonedDateTime[] {
  const days: Temporal.ZonedDateTime[] = [];
  for (
    let day = NOW.toZonedDateTimeISO(zone).startOfDay().add({ days: 2 });
    days.length < 2;
    day = day.add({ days: 1 })
  )
    if (day.hoursInDay !== 24) days.push(day);
  return days;
}

async function clock(): Promise<Temporal.Instant> {
  const { body } = await service.test.get('/v1/test-clock');
  return Temporal.Instant.from((body as { now: string }).now);
}

/** Brings the test clock to some seconds before an instant, which it passes by itself if they are few. */
async function advanceTo(instant: Temporal.Instant): Promise<void> {
  const seconds = Math.floor((await clock()).until(instant).total('seconds'));
  expect(await service.test.post('/v1/test-clock/advance', { seconds })).toMatchObject({ status: 200 });
}

const MINUTE_BEFORE = { minutes: 1 };
const iso = (time: Temporal.ZonedDateTime): string => new Date(time.epochMilliseconds).toISOString();
const spend = (account: string, amount: string) => service.test.post('/v1/charges', { account, amount });

describe('a budget of a day', () => {
  it('lasts as long as the day does where clocks change', async () => {
    const zone = 'Europe/Berlin';
    for (const day of oddDays(zone)) {
      await advanceTo(day.toInstant().subtract(MINUTE_BEFORE));
      const account = await openAccount(service.test, { credits: '1000', time_zone: zone });
      await makeBudget(service.test, account, 'day', { amount: '10' });
      expect((await spend(account, '10')).status).toBe(201);
      const declined = await spend(account, '1');
      expectProblem(declined, 402, 'budget_exceeded');
      expect(declined.body).toMatchObject({ resets_at: iso(day) });

      await advanceTo(day.toInstant().add(MINUTE_BEFORE));
      expect((await spend(account, '10')).status).toBe(201);
      const next = day.add({ days: 1 });
      expect((await readBudget(service.test, account, 'day')).windows).toMatchObject([
        { start: iso(day), resets_at: iso(next), spent: '10' },
      ]);
      expect(next.epochMilliseconds - day.epochMilliseconds).toBe(day.hoursInDay * 3_600_000);

      await advanceTo(next.toInstant().subtract(MINUTE_BEFORE));
      expectProblem(await spend(account, '1'), 402, 'budget_exceeded');
      await advanceTo(next.toInstant().add(MINUTE_BEFORE));
      expect((await spend(account, '10')).status).toBe(201);
    }
  });
});

describe('a budget of a month', () => {
  it.each(['America/Sao_Paulo', 'Asia/Kathmandu', 'Pacific/Auckland'])('begins with it in %s', async (zone) => {
    const month = (await clock())
      .add({ hours: 24 })
      .toZonedDateTimeISO(zone)
      .with({ day: 1 })
      .startOfDay()
      .add({ months: 1 });
    await advanceTo(month.toInstant().subtract(MINUTE_BEFORE));
    const account = await openAccount(service.test, { credits: '1000' });
    await makeBudget(service.test, account, 'month', { amount: '10', period: 'month', time_zone: zone });
    expect((await spend(account, '10')).status).toBe(201);
    expect((await spend(account, '1')).body).toMatchObject({ code: 'budget_exceeded', resets_at: iso(month) });
    await advanceTo(month.toInstant().add(MINUTE_BEFORE));
    expect((await spend(account, '10')).status).toBe(201);
    expect((await readBudget(service.test, account, 'month')).windows).toMatchObject([
      { start: iso(month), resets_at: iso(month.add({ months: 1 })), spent: '10' },
    ]);
  });
});

describe('a raise, and a budget with an end', () => {
  it('hold by the account’s clock', async () => {
    const account = await openAccount(service.test, { credits: '1000' });
    const inAnHour = new Date((await clock()).add({ hours: 1 }).epochMilliseconds).toISOString();
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
