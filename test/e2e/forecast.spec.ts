import { connect, type Pool } from '#database';
import { openLedger, type Ledger } from '#ledger-store';
import { forecastAccountsChore } from '#reports';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { timeOf, useDaily, writeUsage } from '../support/anomaly-steps.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { grantCredits, openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const DAY_S = 24 * 60 * 60;
const DAY_MS = DAY_S * 1000;

let service: TestService;
let ledger: Ledger;
let pool: Pool;
beforeAll(async () => {
  service = await startTestService();
  const log = (): void => undefined;
  ledger = await openLedger({ databaseUrl: service.databaseUrl, openHoldsMax: 0, log });
  pool = connect(service.databaseUrl, { connectionsMax: 4, pipeline: true, settings: { role: 'purser_app' }, log });
});
afterAll(async () => {
  await ledger[Symbol.asyncDispose]();
  await pool.end();
  await service.pool.query('delete from usage_slots');
  await service.stop();
});

async function pass(days: number): Promise<void> {
  await service.test.post('/v1/test-clock/advance', { seconds: days * DAY_S });
}

/** Midnight of a day, counted from the one under way by the test clock. */
async function midnight(day: number): Promise<string> {
  const now = await timeOf(service.pool, 'test');
  return new Date(now - (now % DAY_MS) + day * DAY_MS).toISOString();
}

async function forecastOf(account: string): Promise<Record<string, unknown>> {
  const { status, body } = await service.test.get(`/v1/accounts/${account}/forecast`);
  expect(status).toBe(200);
  return body as Record<string, unknown>;
}

const errors: string[] = [];

/** What a worker does every half a minute. */
async function work(): Promise<void> {
  const chore = forecastAccountsChore(ledger.engine, pool, (line) => void errors.push(line));
  for (let more = true; more;) more = await chore.run(() => Promise.resolve());
}

async function warningsOf(account: string): Promise<readonly { readonly data: object }[]> {
  const { body } = await service.test.get(`/v1/events?account=${account}&type=forecast.runs_out`);
  return (body as { readonly data: readonly { readonly data: object }[] }).data;
}

/** An account that was opened twelve weeks ago and has used ten credits a day since. */
async function steadyAccount(): Promise<string> {
  const account = await openAccount(service.test);
  await pass(85);
  await useDaily(service.pool, 'test', account, { days: 84, amount: '10' });
  return account;
}

describe('the forecast of an account', () => {
  it('says when credits run out, between which times, and what will expire unused', async () => {
    const account = await steadyAccount();
    const expires = await midnight(3);
    await grantCredits(service.test, account, '205');
    const soon = await grantCredits(service.test, account, '50', { expires_at: expires, category: 'promotional' });
    const said = await forecastOf(account);
    expect(said).toMatchObject({
      account,
      unit: 'credits',
      time_zone: 'UTC',
      status: 'runs_out',
      balance: '255',
      usual_daily_usage: '10',
      active_days: 28,
      calibration: { calibrated: true, held_percent: '100' },
      until: await midnight(90),
    });
    const unused = Number(said['unused_total']);
    // Of today there is a part left.
    expect(unused).toBeGreaterThan(19.9);
    expect(unused).toBeLessThanOrEqual(30);
    expect(said['unused']).toEqual([{ grant: soon.id, expires_at: expires, amount: said['unused_total'] }]);
    const at = Date.parse(String(said['runs_out_at']));
    expect(at).toBeGreaterThanOrEqual(Date.parse(await midnight(23)));
    expect(at).toBeLessThan(Date.parse(await midnight(24.5)));
    expect(said['runs_out_on']).toBe(String(said['runs_out_at']).slice(0, 10));
    expect(said['range']).toEqual({ earliest: said['runs_out_at'], latest: said['runs_out_at'] });
  });

  it('lasts with a recurring grant that brings enough', async () => {
    const account = await steadyAccount();
    const grant = { amount: '320', interval: 'month', category: 'included' };
    expect((await service.test.put(`/v1/accounts/${account}/recurring-grants/monthly`, grant)).status).toBe(201);
    expect(await forecastOf(account)).toMatchObject({ status: 'lasts', runs_out_at: null, runs_out_on: null });
  });

  it('lets scoped credits pay for what they may alone', async () => {
    const account = await steadyAccount();
    const at = Date.parse(await midnight(-2));
    await writeUsage(service.pool, 'test', account, [{ at, used: '280', model: 'small' }]);
    const scope = { models: ['small'] };
    await grantCredits(service.test, account, '1000', { scope });
    // Half of what was used in the last 28 days is of the large model, which nothing can pay for.
    const { status, as_of, runs_out_at } = await forecastOf(account);
    expect({ status, runs_out_at }).toEqual({ status: 'runs_out', runs_out_at: as_of });
  });

  it('counts what was really used, refunds taken off, though no worker runs', async () => {
    const account = await openAccount(service.test, { credits: '100' });
    for (const amount of ['7', '5', '9']) {
      const { body } = await service.test.post('/v1/charges', {
        account,
        amount,
        usage: { event: 'chat', model: 'm' },
      });
      const { id } = body as { readonly id: string };
      if (amount === '9') await service.test.post(`/v1/authorizations/${id}/refund`, { amount: '4' });
      await pass(1);
    }
    // The first of three days used 7, the others 5 each; weekdays that weren't seen have the median.
    expect(await forecastOf(account)).toMatchObject({
      status: 'runs_out',
      active_days: 3,
      balance: '83',
      usual_daily_usage: '5.285714285714',
      calibration: { calibrated: false, forecasts: 0, held_percent: null },
      range: null,
    });
  });

  it('says nothing of an account that is new, and of none that isn’t there', async () => {
    const account = await openAccount(service.test, { credits: '5' });
    expect(await forecastOf(account)).toMatchObject({ status: 'not_enough_usage', runs_out_at: null, range: null });
    expectProblem(await service.test.get('/v1/accounts/nobody/forecast'), 404, 'account_not_found');
    expectProblem(await service.test.get(`/v1/accounts/${account}/forecast?days=3`), 400, 'invalid_request');
  });
});

describe('the report of forecasts', () => {
  it('has a row for each account that uses something, the soonest first', async () => {
    const late = await steadyAccount();
    const soon = await openAccount(service.test, { credits: '30' });
    await pass(8);
    await useDaily(service.pool, 'test', late, { days: 8, amount: '10' });
    await useDaily(service.pool, 'test', soon, { days: 8, amount: '10' });
    await grantCredits(service.test, late, '95');
    await work();
    const { status, body } = await service.test.get('/v1/reports/forecast');
    expect(status).toBe(200);
    const { data } = body as { data: { account: string; runs_out_at: string | null }[] };
    const rows = data.filter(({ account }) => account === late || account === soon);
    expect(rows).toMatchObject([
      { account: soon, status: 'runs_out', balance: '30', calibrated: 'no', usual_daily_usage: '10' },
      { account: late, status: 'runs_out', balance: '95', calibrated: 'yes', runs_out_earliest: rows[1]?.runs_out_at },
    ]);
    const one = await service.test.get(`/v1/reports/forecast?account=${late}&format=csv`);
    expect(one.text).toContain(`${late},credits,runs_out,95,`);
  });
});

describe('the report of many accounts', () => {
  it('leaves them to the worker, and says as of when they are', async () => {
    const { live, pool: owner } = service;
    const read = async (): Promise<{
      readonly data: readonly { readonly made_at: string }[];
      readonly as_of: string;
    }> => (await live.get('/v1/reports/forecast')).body as never;
    const accounts = [await openAccount(live)];
    const first = Date.now();
    for (let more = 0; more < 50; more += 1) accounts.push(await openAccount(live));
    for (const account of accounts) {
      await writeUsage(owner, 'live', account, [{ at: first - (first % 900_000), used: '1', model: 'large' }]);
    }
    const none = await read();
    expect(none.data).toEqual([]);
    expect(Date.parse(none.as_of)).toBeLessThanOrEqual(first);

    await work();
    const isOfTheOldest = async (): Promise<void> => {
      const { data, as_of } = await read();
      expect(data).toHaveLength(51);
      expect(as_of).toBe(data.map(({ made_at }) => made_at).sort()[0]);
    };
    await isOfTheOldest();
    await owner.query(`update forecasts set made_at = made_at - interval '2 days' where environment = 'live'`);
    await isOfTheOldest();
  });
});

describe('the forecasts that a worker makes', () => {
  it('are of all accounts but the one that fails', async () => {
    const accounts = [
      await openAccount(service.test),
      await openAccount(service.test),
      await openAccount(service.test),
    ];
    await pass(8);
    for (const account of accounts) await useDaily(service.pool, 'test', account, { days: 8, amount: '10' });
    const { rows } = await service.pool.query<{ account_id: string; external_id: string }>(
      `select account_id, external_id from accounts where environment = 'test' and external_id = any($1)`,
      [accounts],
    );
    const [broken] = rows;
    await service.pool.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise 'no such luck'; end $$;
      create trigger refuse before insert on forecasts for each row when (new.account_id = ${broken?.account_id ?? ''})
        execute function refuse()`);
    try {
      await expect(work()).rejects.toThrow(/^1 of \d+ accounts failed$/);
    } finally {
      await service.pool.query('drop trigger refuse on forecasts; drop function refuse()');
    }
    expect(errors).toEqual([
      `The forecast of the account ${broken?.external_id ?? ''} (test) failed: error: no such luck`,
    ]);
    const { rows: made } = await service.pool.query('select from forecasts where account_id = any($1)', [
      rows.map((row) => row.account_id),
    ]);
    expect(made).toHaveLength(2);
    await work();
    expect(errors).toHaveLength(1);
  });
});

describe('the warning that credits run out', () => {
  it('comes once, as many days ahead as the account wants, and again after they have lasted longer', async () => {
    const account = await steadyAccount();
    const alerts = `/v1/accounts/${account}/alerts`;
    expect((await service.test.put(alerts, { run_out_days: 5 })).body).toMatchObject({
      run_out_days: 5,
      inherited: ['percent', 'remaining'],
    });
    await grantCredits(service.test, account, '75');
    await writeUsage(service.pool, 'test', account, [{ at: Date.parse(await midnight(0)), used: '0', model: 'large' }]);
    await work();
    expect(await warningsOf(account)).toEqual([]);
    await pass(1);
    await useDaily(service.pool, 'test', account, { days: 1, amount: '10' });
    await service.test.post('/v1/charges', { account, amount: '30' });
    await work();
    await work();
    const { runs_out_at } = await forecastOf(account);
    const warned = await warningsOf(account);
    expect(warned).toMatchObject([{ data: { days_ahead: 5, usual_daily_usage: '10' } }]);
    expect((warned[0]?.data as { readonly runs_out_at: string }).runs_out_at.slice(0, 10)).toBe(
      String(runs_out_at).slice(0, 10),
    );
    await pass(0.3);
    await work();
    expect(await warningsOf(account)).toHaveLength(1);
    await grantCredits(service.test, account, '500');
    await pass(0.3);
    await work();
    await service.test.post('/v1/charges', { account, amount: '510' });
    await pass(0.3);
    await work();
    expect(await warningsOf(account)).toHaveLength(2);
  });

  it('doesn’t come where the environment wants none', async () => {
    const account = await steadyAccount();
    expect((await service.test.put('/v1/alerts', { run_out_days: 0 })).body).toMatchObject({ run_out_days: 0 });
    await grantCredits(service.test, account, '5');
    await work();
    expect(await warningsOf(account)).toEqual([]);
    const { body } = await service.test.get(`/v1/accounts/${account}/alerts`);
    expect(body).toMatchObject({ run_out_days: 0, inherited: ['percent', 'remaining', 'run_out_days'] });
    expectProblem(await service.test.put('/v1/alerts', { run_out_days: 61 }), 400, 'invalid_request');
    await service.test.put('/v1/alerts', {});
  });
});
