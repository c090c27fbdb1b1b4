import { connect, type Pool } from '#database';
import { openLedger, type Ledger } from '#ledger-store';
import { UsualPeaks, watchAnomalies } from '#reports';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { timeOf, writeUsage, type UsedSlot } from '../support/anomaly-steps.ts';
import { expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

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
  await service.stop();
});

const errors: string[] = [];
let peaks: UsualPeaks;
beforeEach(async () => {
  peaks = new UsualPeaks();
  // To ten minutes past an hour of a whole day.
  const now = await timeOf(service.pool, 'test');
  const seconds = Math.ceil((DAY_MS - (now % DAY_MS) + 12 * HOUR_MS + 600_000) / 1000);
  await service.test.post('/v1/test-clock/advance', { seconds });
});
afterEach(() => service.pool.query('delete from usage_slots'));

async function look(betweenLooksMs = 0): Promise<void> {
  await watchAnomalies({
    engine: ledger.engine,
    pool,
    betweenLooksMs,
    peaks,
    logError: (line) => void errors.push(line),
  });
}

interface AnomalyView {
  readonly id: string;
  readonly state: string;
  readonly model: string | null;
}

async function anomaliesOf(account: string, query = ''): Promise<readonly AnomalyView[]> {
  const { body } = await service.test.get(`/v1/anomalies?account=${account}${query}`);
  return (body as { readonly data: readonly AnomalyView[] }).data;
}

async function eventsOf(account: string): Promise<readonly { readonly data: object }[]> {
  const { body } = await service.test.get(`/v1/events?account=${account}&type=anomaly.opened`);
  return (body as { readonly data: readonly { readonly data: object }[] }).data;
}

/** The hour under way, by the test clock. */
async function thisHour(): Promise<number> {
  const now = await timeOf(service.pool, 'test');
  return now - (now % HOUR_MS);
}

/** Ten credits in each of the last four weeks' hours, of which `small` has two. */
async function steadyAccount(weeks = 4): Promise<string> {
  const account = await openAccount(service.test, { credits: '1000' });
  const now = await thisHour();
  const slots = Array.from({ length: weeks * 7 }, (_, day) => now - (day + 1) * DAY_MS).flatMap((at): UsedSlot[] => [
    { at, used: '8', model: 'large', requests: 4 },
    { at, used: '2', model: 'small', requests: 4 },
  ]);
  await writeUsage(service.pool, 'test', account, slots);
  return account;
}

describe('an unusual hour', () => {
  it('is told after the second look, once, however often and by how many workers it is found', async () => {
    const account = await steadyAccount();
    const hour = await thisHour();
    await writeUsage(service.pool, 'test', account, [{ at: hour, used: '12', model: 'large' }]);
    await look();
    expect(await anomaliesOf(account)).toEqual([]);
    await writeUsage(service.pool, 'test', account, [{ at: hour + 15 * 60_000, used: '8.5', model: 'large' }]);
    await look();
    await look(60_000);
    expect(await anomaliesOf(account)).toEqual([]);
    await Promise.all([look(), look(), look()]);
    const time = (at: number): string => new Date(at).toISOString();
    const peak = { start: time(hour), end: time(hour + HOUR_MS), used: '20.5', usual: '10', threshold: '15' };
    const found = await anomaliesOf(account);
    expect(found).toMatchObject([
      { account, unit: 'credits', model: null, state: 'open', started_at: time(hour), ended_at: null, peak },
    ]);
    const data = { anomaly: found[0]?.id, model: null, window: { start: peak.start, end: peak.end }, used: '20.5' };
    expect(await eventsOf(account)).toMatchObject([{ data }]);
    await writeUsage(service.pool, 'test', account, [{ at: hour, used: '100', model: 'large' }]);
    await look();
    expect(await anomaliesOf(account)).toMatchObject([{ id: found[0]?.id, peak: { used: '120.5' } }]);
    expect(await eventsOf(account)).toHaveLength(1);
  });

  it('is found in every account that comes after one whose look fails', async () => {
    const accounts = [await steadyAccount(), await steadyAccount(), await steadyAccount()];
    const at = await thisHour();
    for (const account of accounts)
      await writeUsage(service.pool, 'test', account, [{ at, used: '30', model: 'large' }]);
    const { rows } = await service.pool.query<{ account_id: string; external_id: string }>(
      `select account_id, external_id from accounts where environment = 'test' and external_id = any($1) order by account_id`,
      [accounts],
    );
    const [broken, ...others] = rows.map((row) => row.external_id);
    await service.pool.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise 'no such luck'; end $$;
      create trigger refuse before insert on anomalies for each row when (new.account_id = ${rows[0]?.account_id ?? ''})
        execute function refuse()`);
    try {
      errors.length = 0;
      await expect(look()).rejects.toThrow('1 accounts and 0 events failed');
      await expect(look()).rejects.toThrow('1 accounts and 0 events failed');
    } finally {
      await service.pool.query('drop trigger refuse on anomalies; drop function refuse()');
    }
    for (const account of others) expect(await anomaliesOf(account)).toHaveLength(1);
    const line = `The look for anomalies of the account ${broken ?? ''} (test) failed: error: no such luck`;
    expect(errors).toEqual([line, line]);
  });

  it('is forgotten where the second look finds it gone', async () => {
    const account = await steadyAccount();
    const at = await thisHour();
    await writeUsage(service.pool, 'test', account, [{ at, used: '30', model: 'large' }]);
    await look();
    await writeUsage(service.pool, 'test', account, [{ at, used: '-20', model: 'large' }]);
    await look();
    await look();
    expect(await anomaliesOf(account)).toEqual([]);
    const { rows } = await service.pool.query(`select from anomalies where state = 'suspected'`);
    expect(rows).toEqual([]);
  });

  it('may be of a model, where all usage together is as usual', async () => {
    const account = await steadyAccount();
    await writeUsage(service.pool, 'test', account, [{ at: await thisHour(), used: '9', model: 'small' }]);
    await look();
    await look();
    expect(await anomaliesOf(account)).toMatchObject([{ model: 'small', peak: { used: '9', usual: '2' } }]);
    expect(await anomaliesOf(account, '&model=large')).toEqual([]);
    expect(await anomaliesOf(account, '&model=small&under_way=true&state=open')).toHaveLength(1);
  });

  it('begins another episode after a quiet day', async () => {
    const account = await steadyAccount();
    const use = async (): Promise<void> =>
      writeUsage(service.pool, 'test', account, [{ at: await thisHour(), used: '99', model: 'large' }]);
    await use();
    await look();
    await look();
    const [first] = await anomaliesOf(account);
    await service.test.patch(`/v1/anomalies/${first?.id ?? ''}`, { state: 'closed' });
    await service.test.post('/v1/test-clock/advance', { seconds: 20 * 3600 });
    await use();
    await look();
    await look();
    expect(await anomaliesOf(account)).toHaveLength(1);
    await service.test.post('/v1/test-clock/advance', { seconds: 26 * 3600 });
    await look();
    expect(await anomaliesOf(account, '&under_way=false')).toMatchObject([{ id: first?.id, state: 'closed' }]);
    await use();
    await look();
    await look();
    expect(await anomaliesOf(account)).toMatchObject([{ state: 'open' }, { id: first?.id }]);
    expect(await eventsOf(account)).toHaveLength(2);
  });

  it('isn’t looked for before three days of use', async () => {
    const account = await openAccount(service.test);
    const now = await thisHour();
    const days = [0, 1, 2].map((day): UsedSlot => ({
      at: now - day * DAY_MS,
      used: day === 0 ? '999' : '1',
      model: 'm',
    }));
    await writeUsage(service.pool, 'test', account, days);
    await look();
    await look();
    expect(await anomaliesOf(account)).toEqual([]);
  });
});

describe('the report of anomalies', () => {
  it('says why a range used more, of an account and of the environment, and adds up', async () => {
    const account = await steadyAccount();
    const at = await thisHour();
    await writeUsage(service.pool, 'test', account, [{ at, used: '30', model: 'large', requests: 12 }]);
    const range = `from=${new Date(at).toISOString()}&to=${new Date(at + HOUR_MS).toISOString()}`;
    const { status, body } = await service.test.get(`/v1/reports/anomalies?${range}&account=${account}`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        report: 'anomalies',
        data: [
          { unit: 'credits', model: 'large', credits_before: '8', credits_after: '30', change: '22' },
          { model: 'small', change: '-2' },
        ],
        total: { credits_before: '10', credits_after: '30', change: '20' },
        explanations: [{ unit: 'credits', before: { from: new Date(at - 7 * DAY_MS).toISOString() } }],
      },
    });
    const { data, total } = body as { data: Record<string, string>[]; total: Record<string, string> };
    for (const part of ['volume', 'size', 'price', 'mix', 'change']) {
      expect(data.reduce((sum, row) => sum + Number(row[part]), 0)).toBeCloseTo(Number(total[part]), 9);
    }
    const all = await service.test.get(`/v1/reports/anomalies?${range}&format=csv`);
    expect(all.text.split('\r\n')[0]).toBe('unit,model,credits_before,credits_after,change,volume,size,price,mix');
  });
});

describe('an anomaly', () => {
  it('is taken apart, to the last digit, and told in a sentence', async () => {
    const account = await steadyAccount();
    const at = await thisHour();
    await writeUsage(service.pool, 'test', account, [
      { at, used: '30', model: 'large', requests: 12 },
      { at, used: '2', model: 'small', requests: 4 },
    ]);
    await look();
    await look();
    const [found] = await anomaliesOf(account);
    const { status, body } = await service.test.get(`/v1/anomalies/${found?.id ?? ''}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: found?.id,
      explanation: {
        before: { from: new Date(at - 7 * DAY_MS).toISOString() },
        after: { from: new Date(at).toISOString(), to: new Date(at + HOUR_MS).toISOString() },
        credits_before: '10',
        credits_after: '32',
        change: '22',
        volume: '10',
        mix: '6',
        size: '6',
        price: '0',
        sentence:
          '22 credits more than before (+220 %), 32 instead of 10: +10 by more requests, +6 by a costlier mix of models and +6 by larger requests. Most of it is model large (+22).',
        models: [
          { model: 'large', change: '22', volume: '8', mix: '8', size: '6' },
          { model: 'small', change: '0', volume: '2', mix: '-2', size: '0' },
        ],
      },
    });
  });

  it('is in the state that somebody gives it, which is audited, and nobody else’s', async () => {
    const account = await steadyAccount();
    await writeUsage(service.pool, 'test', account, [{ at: await thisHour(), used: '99', model: 'large' }]);
    await look();
    await look();
    const [found] = await anomaliesOf(account);
    const path = `/v1/anomalies/${found?.id ?? ''}`;
    expect((await service.test.patch(path, { state: 'acknowledged' })).body).toMatchObject({ state: 'acknowledged' });
    expect((await service.test.patch(path, { state: 'acknowledged' })).status).toBe(200);
    expect((await service.test.patch(path, { state: 'open' })).body).toMatchObject({ id: found?.id, state: 'open' });
    const { body } = await service.test.get(`/v1/audit-log?object=${found?.id ?? ''}`);
    expect((body as { data: object[] }).data).toMatchObject([
      { before: { state: 'acknowledged' }, after: { state: 'open' } },
      { before: { state: 'open' }, after: { state: 'acknowledged' } },
    ]);
    expectProblem(await service.live.get(path), 404, 'anomaly_not_found');
    expectProblem(await service.live.patch(path, { state: 'closed' }), 404, 'anomaly_not_found');
    expectProblem(await service.test.get('/v1/anomalies/nonsense'), 404, 'anomaly_not_found');
    expectProblem(await service.test.patch(path, { state: 'suspected' }), 400, 'invalid_request');
    expectProblem(await service.test.get('/v1/anomalies?state=suspected'), 400, 'invalid_request');
  });
});
