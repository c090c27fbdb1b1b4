import { connect, type Pool, type PoolClient } from '#database';
import { accountKey, newUuid, type AccountRef } from '#ledger';
import { eraseAccountsChore, TestClocks, type ChangeRequest } from '#ledger-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, createAccount, createGrant, inEnvironment, TestLedger } from '../testing/ledger-of-periods.ts';
import { monthOf } from '#calendar';
import { catchUpEnvironment } from '../rollups/catch-up.ts';
import { RandomHistories, randomFrom } from '../testing/random-history.ts';
import { verifyChain } from './chain/verify-chain.ts';
import type { ReportToClose } from './close/report-to-close.ts';
import { nextMonth } from './period.ts';
import { Periods, type CloseResult } from './periods.ts';

const DAY_MS = 86_400_000;
const WAIT_MS = 60_000;
const ACTOR = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
const CHANGE: ChangeRequest = { environment: 'test', actor: ACTOR, key: null };

/** Tells what of the books is in the sums. */
const SUMS: ReportToClose = {
  name: 'sums',
  read: async (client) => {
    const { rows } = await client.query<{ sum: string }>(
      'select coalesce(sum(credits), 0)::text as sum from money_slots',
    );
    const text = rows[0]?.sum ?? '';
    return { json: oneBy(JSON.stringify({ sum: text })), csv: oneBy(`sum\r\n${text}\r\n`) };
  },
};

function oneBy(text: string): AsyncIterable<string> {
  return Readable.from(Array.from(text), { encoding: 'utf8' });
}

let database: TestDatabase;
let pool: Pool;
let owner: Pool;
let ledger: TestLedger;
let periods: Periods;
let first: string;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 6, settings: { role: 'purser_app' }, log: () => undefined });
  owner = connect(database.url, { connectionsMax: 2, log: () => undefined });
  ledger = new TestLedger(database.url);
  periods = periodsOn(pool);
  await openAccount('acme');
  first = monthOf(Date.now(), 'UTC');
  await advance(32);
});
afterEach(async () => {
  await periods.stop();
  await ledger.stop();
  await pool.end();
  await owner.end();
  await database.drop();
});

function periodsOn(one: Pool): Periods {
  const rollUp = async (environment: string): Promise<void> => {
    await catchUpEnvironment(pool, environment, { staleMax: Number.POSITIVE_INFINITY });
  };
  return new Periods({ engine: ledger.engine, pool: one, rollUp, reports: [SUMS] }, () => undefined);
}

function ref(id: string): AccountRef {
  return { environment: 'test', id, key: accountKey('test', id) };
}

async function openAccount(id: string): Promise<void> {
  await ledger.do(inEnvironment('test', createAccount(id)));
  await ledger.do(inEnvironment('test', createGrant(id, '100')));
  await spend(id, '7');
}

async function spend(id: string, amount: string): Promise<void> {
  await ledger.do(inEnvironment('test', charge(id, amount)));
}

async function advance(days: number): Promise<void> {
  await new TestClocks(pool).advance(CHANGE, days * DAY_MS, () => ({ status: 200, body: '' }));
}

function close(month: string, by = periods): Promise<CloseResult> {
  return by.close({ environment: 'test', month, timeZone: 'UTC', settings: {}, actor: ACTOR }, WAIT_MS);
}

async function closed(month: string, by = periods) {
  const result = await close(month, by);
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.period;
}

/** Closes every month up to this one. */
async function closedUntil(last: string) {
  let month = first;
  for (; month < last; month = nextMonth(month)) await closed(month);
  return closed(month);
}

function monthIn(days: number): string {
  return monthOf(Date.now() + days * DAY_MS, 'UTC');
}

async function reopen(month: string, reason = 'a late invoice') {
  return periods.reopen(CHANGE, { month, reason }, { status: 200, body: '' });
}

async function countOf(table: string): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(`select count(*)::integer as count from ${table}`);
  return rows[0]?.count ?? -1;
}

async function kept(month: string): Promise<string> {
  let text = '';
  for await (const part of (await periods.reader.report('test', month, 'sums', 'csv')) ?? []) text += part;
  return text;
}

describe('a month', () => {
  it('is closed with what the books were, and told of', async () => {
    const period = await closed(first);
    expect(period).toMatchObject({ month: first, status: 'closed', progress: null });
    expect(period.closings).toEqual([
      expect.objectContaining({
        version: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        previousHash: '0'.repeat(64),
      }),
    ]);
    expect(period.closings[0]?.sealed).toMatchObject({
      accounts: 1,
      totals: { credits: { grant: '93', usage: '7', 'funding:paid': '-100' } },
      reports: { 'sums.json': expect.any(String), 'sums.csv': expect.any(String) },
    });
    const { rows } = await owner.query(`select type, data from events where type = 'period.closed'`);
    expect(rows).toEqual([{ type: 'period.closed', data: expect.objectContaining({ period: first, version: 1 }) }]);
    expect(await countOf(`audit_log where object = 'period ${first}'`)).toBe(1);
    expect(await verifyChain(owner)).toMatchObject({ clean: true, closings: [{ month: first, version: 1 }] });
  });

  it('is closed once, however often and by however many that is asked for', async () => {
    const others = [periodsOn(pool), periodsOn(pool), periods];
    const all = await Promise.all(others.map((one) => closed(first, one)));
    all.push(await closed(first));
    expect(new Set(all.map(({ closings }) => closings[0]?.hash)).size).toBe(1);
    expect(await countOf('period_closings')).toBe(1);
    expect(await countOf(`events where type = 'period.closed'`)).toBe(1);
    expect(await verifyChain(owner)).toMatchObject({ clean: true });
  });

  it('is not closed before it is over by the clock of every account', async () => {
    expect(await close(monthIn(32))).toMatchObject({ ok: false, refusal: { code: 'period_not_over' } });
    await new TestClocks(pool).reset(CHANGE, () => ({ status: 200, body: '' }));
    await openAccount('globex');
    expect(await close(first)).toMatchObject({ ok: false, refusal: { code: 'period_not_over' } });
  });

  it('is closed after the one before it', async () => {
    await advance(31);
    const second = nextMonth(first);
    expect(await close(second)).toMatchObject({ ok: false, refusal: { code: 'period_out_of_order', next: first } });
    await closed(first);
    const period = await closed(second);
    expect(period.closings[0]?.previousHash).toBe((await closed(first)).closings[0]?.hash);
  });

  it('books first what was due before its end', async () => {
    const grant = createGrant('acme', '5', Date.now() + 33 * DAY_MS);
    await ledger.do(inEnvironment('test', grant));
    await advance(31 + 31);
    const period = await closedUntil(monthIn(33));
    expect(period.closings[0]?.sealed.totals).toMatchObject({ credits: { breakage: '5' } });
  });

  it('stays as it was when rows come later, byte for byte, with its chain', async () => {
    await closed(first);
    const before = await kept(first);
    expect(before).toBe('sum\r\n93\r\n');
    await spend('acme', '3');
    await catchUpEnvironment(pool, 'test');
    expect(await kept(first)).toBe(before);
    expect(await verifyChain(owner)).toMatchObject({ clean: true });
  });

  it('is not closed where the sums are not what the journal says, until they are', async () => {
    await catchUpEnvironment(pool, 'test');
    await owner.query(`update money_slots set credits = credits - 1 where kind = 'used'`);
    const failure = expect.stringContaining('account acme: credits of the reports: expected 93, found 92');
    expect(await close(first)).toEqual({ ok: false, refusal: { code: 'period_close_failed', failure } });
    expect(await periods.reader.find('test', 'UTC', first)).toMatchObject({ status: 'closing', progress: { failure } });
    expect(await countOf('period_closings')).toBe(0);
    await owner.query(`update money_slots set credits = credits + 1 where kind = 'used'`);
    expect(await closed(first)).toMatchObject({ status: 'closed' });
  });

  it('is closed by whoever comes after a crash, at whatever statement it was', async () => {
    let statements = 1;
    for (; ; statements += 2) {
      const dying = periodsOn(dyingAfter(statements));
      const result = await close(first, dying).catch(() => null);
      if (result) break;
      expect(await countOf(`periods where status = 'closed'`)).toBe(await countOf('period_closings'));
    }
    expect(statements).toBeGreaterThan(15);
    expect(await countOf('period_closings')).toBe(1);
    expect(await countOf(`events where type = 'period.closed'`)).toBe(1);
    expect(await closed(first)).toMatchObject({ status: 'closed' });
    expect(await verifyChain(owner)).toMatchObject({ clean: true });
  });

  it('is reopened for a reason, with those after it, and what was kept stays', async () => {
    await advance(31);
    const second = nextMonth(first);
    await closed(first);
    await closed(second);
    expect(await reopen(nextMonth(second))).toBe('period_not_closed');
    expect(await reopen(first)).toMatchObject({ answer: { status: 200 } });
    expect(await periods.reader.find('test', 'UTC', second)).toMatchObject({
      status: 'open',
      closings: [{ version: 1, reopened: { reason: 'a late invoice' } }],
    });
    expect(await kept(first)).toBe('');
    await spend('acme', '1');
    const again = await closed(first);
    expect(again.closings.map(({ version }) => version)).toEqual([2, 1]);
    expect(again.closings[0]?.sealed.totals).toMatchObject({ credits: { grant: '92' } });
    await closed(second);
    expect(await countOf('period_closings')).toBe(4);
    expect(await verifyChain(owner)).toMatchObject({ clean: true, closings: [{}, {}, {}, {}] });
    expect(await countOf(`audit_log where object = 'period ${first}'`)).toBe(3);
  });

  it('is closed while its accounts are busy, in whatever history', async () => {
    const histories = await RandomHistories.open(database.url, pool);
    const history = await histories.begin(randomFrom(7));
    for (let step = 0; step < 150; step += 1) await history.step();
    await advance(32);
    const busy = (async () => {
      for (let step = 0; step < 40; step += 1) await history.step();
    })();
    await closedUntil(monthIn(32));
    await busy;
    await histories.close();
    expect(await verifyChain(owner)).toMatchObject({ clean: true });
  });
});

describe('the chain of a closed month', () => {
  it('stays whole when an account is erased', async () => {
    const spending = { ...charge('acme', '1', { mail: 'ann@example.com' }), tags: { user: 'ann@example.com' } };
    await ledger.do(inEnvironment('test', spending));
    await closed(first);
    await ledger.do({ type: 'close_account', account: ref('acme'), remainder: 'breakage' });
    await ledger.do({ type: 'erase_account', account: ref('acme') });
    const chore = eraseAccountsChore(ledger.engine, owner, { info: () => undefined });
    while (await chore.run(() => Promise.resolve()));
    expect(await countOf('accounts where erased_at is not null')).toBe(1);
    expect(await verifyChain(owner)).toMatchObject({ clean: true });
  });

  it.each([
    [
      'a report that was changed',
      `update period_reports set bytes = 'x' where format = 'csv'`,
      /altered report sums.csv/,
    ],
    ['a report that is gone', `delete from period_reports where format = 'csv'`, /missing report sums.csv/],
    [
      'totals that were changed',
      `update period_closings set sealed = sealed || '{"totals": {}}'`,
      /altered what was sealed/,
    ],
    ['an account’s totals', `update period_heads set totals = '{}'`, /altered where the accounts' chains stood/],
    ['an account that is gone', 'delete from period_heads', /altered where the accounts' chains stood/],
    ['a chain that was cut off', 'delete from chain_links', /missing the link to version \d+ of acme/],
    [
      'a closing that is gone',
      'alter table period_reports drop constraint period_reports_closing_exists; delete from period_closings',
      /missing the last closing/,
    ],
  ])('shows %s', async (_, sql, found) => {
    await closed(first);
    await owner.query(sql);
    const { differences } = await verifyChain(owner);
    const told = differences.map(
      ({ kind, object, account }) => `${kind} ${object}${account === null ? '' : ` of ${account}`}`,
    );
    expect(told).toContainEqual(expect.stringMatching(found));
  });
});

/** A pool that does so many statements, and none after that. */
function dyingAfter(statements: number): Pool {
  let left = statements;
  const alive = (): void => {
    left -= 1;
    if (left < 0) throw new Error('crashed');
  };
  const query = (target: Pool | PoolClient) => async (text: string, values?: unknown[]) => {
    alive();
    return target.query(text, values);
  };
  const dying = {
    query: query(pool),
    connect: async () => {
      alive();
      const client = await pool.connect();
      return new Proxy(client, {
        get: (target, name) => {
          if (name === 'query') return query(target);
          const value = Reflect.get(target, name) as unknown;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
    },
  };
  return dying as unknown as Pool;
}
