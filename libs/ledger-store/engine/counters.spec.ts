import { connect, type Pool } from '#database';
import { accountKey, type Usage } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { MOVED_MAX } from '../load/lapsed-holds.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { createGrant } from '../testing/commands.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { PricedEngines } from '../testing/priced-engines.ts';
import { TestBooks } from '../testing/test-books.ts';
import type { TestLedger } from '../testing/test-ledger.ts';
import {
  adjustUsage,
  authorizeUsage,
  authorizeUsages,
  chargeUsage,
  chargeUsages,
  commitUsage,
  createPricedAccount,
} from '../testing/usage-commands.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Any year to come. */
const YEAR = new Date().getUTCFullYear() + 1;

/** The first 10 000 tokens of a month at 1 per 1 000, all further ones at 2. */
const MONTHLY = {
  event: 'chat',
  components: [
    {
      quantity: 'tokens',
      pricing: 'graduated',
      per: '1000',
      counted: 'month',
      tiers: [{ up_to: '10000', amount: '1' }, { amount: '2' }],
    },
  ],
};
/** 5 pages a day are included. */
const DAILY = { event: 'scan', components: [{ quantity: 'pages', amount: '1', included: '5', counted: 'day' }] };

let database: TestDatabase;
let engines: PricedEngines;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
let pool: Pool;
let clocks: TestClocks;
let card: string;

beforeEach(async () => {
  database = await createTestDatabase();
  engines = await PricedEngines.open(database.url);
  ledger = engines.start();
  other = engines.start();
  books = new TestBooks(database.url);
  pool = connect(database.url, {
    connectionsMax: 2,
    pipeline: true,
    settings: { role: 'purser_app' },
    log: () => undefined,
  });
  clocks = new TestClocks(pool);
  card = await engines.card([MONTHLY, DAILY]);
  await travel(Date.UTC(YEAR, 2, 31, 23, 50) - Date.now());
  await account('a');
});
afterEach(async () => {
  await engines.close();
  await pool.end();
  // Fails unless every counter is what its authorizations say.
  await books.close();
  await database.drop();
});

function travel(milliseconds: number): Promise<void> {
  return advanceClock(clocks, 'test', milliseconds);
}

async function account(id: string, timeZone = 'UTC'): Promise<void> {
  await ledger.do(createPricedAccount(id, card, timeZone));
  await ledger.do(inEnvironment('test', createGrant(id, '1000000')));
}

const tokens = (count: number): Usage => ({ event: 'chat', tokens: count });
const pages = (count: number): Usage => ({ event: 'scan', pages: count });

async function hold(by: TestLedger, usage: Usage, holdSeconds = 900): Promise<string> {
  const { authorization } = await by.do(authorizeUsage('a', [usage], holdSeconds));
  return authorization.id;
}

async function charged(by: TestLedger, id: string, usage: Usage): Promise<string> {
  const { authorization } = await by.do(commitUsage(id, [usage]));
  return authorization.committed;
}

/** What each window has: `start used/reserved`, with the day that it starts on. */
async function windows(where = 'true'): Promise<string[]> {
  const { rows } = await books.pool.query<{ shown: string }>(
    `select format('%s %s/%s%s', to_char(window_start at time zone 'UTC', 'MM-DD'), trim_scale(used), trim_scale(reserved),
        case when not open then ' closed' end) as shown
      from counters where ${where} order by window_start, counter`,
  );
  return rows.map(({ shown }) => shown);
}

describe('a tier that is counted over a month', () => {
  it('is charged by where the counter stands, whoever holds and commits', async () => {
    const first = await hold(ledger, tokens(9_000));
    const second = await hold(other, tokens(2_000));
    expect(await windows()).toEqual(['03-01 0/11000']);
    expect(await charged(other, first, tokens(9_000))).toBe('9');
    expect(await charged(ledger, second, tokens(2_000))).toBe('3');
    expect(await windows()).toEqual(['03-01 11000/0']);
  });

  it('costs the same by 50 concurrent requests in two processes as one by one', async () => {
    const use = async (index: number): Promise<void> => {
      const by = index % 2 === 0 ? ledger : other;
      const id = await hold(by, tokens(400));
      await charged(index % 3 === 0 ? ledger : other, id, tokens(index < 25 ? 360 : 80));
    };
    await Promise.all(Array.from({ length: 50 }, (_, index) => use(index)));
    expect(await books.value(`select trim_scale(sum(committed)) from authorizations`)).toBe('12');
    expect(await windows()).toEqual(['03-01 11000/0']);
  });

  it('holds the dearest that it may come to while others are open', async () => {
    await hold(ledger, tokens(9_500));
    const { authorization } = await ledger.do(authorizeUsage('a', [tokens(1_000)]));
    expect(authorization.held).toBe('1.5');
  });

  it('is counted by charges, and in parts by partial commits', async () => {
    const id = await hold(ledger, tokens(10_000));
    await ledger.do(commitUsage(id, [tokens(6_000)], false));
    expect(await windows()).toEqual(['03-01 6000/4000']);
    const { authorization } = await ledger.do(chargeUsage('a', [tokens(5_000)]));
    expect(authorization.committed).toBe('6');
    const done = await other.do(commitUsage(id, [tokens(1_000)]));
    expect(done.authorization.committed).toBe('8');
    expect(await windows()).toEqual(['03-01 12000/0']);
  });

  it('is not touched by a batch that is refused as a whole', async () => {
    const tooMuch = [tokens(1_000), pages(7), tokens(2_000_000_000)];
    for (const command of [authorizeUsages('a', tooMuch), chargeUsages('a', tooMuch)]) {
      expect((await ledger.ask(command)).code).toBe('insufficient_credits');
    }
    expect(await windows()).toEqual([]);
    await ledger.do(chargeUsages('a', [tokens(11_000), pages(7)]));
    expect(await windows()).toEqual(['03-01 11000/0', '03-31 7/0']);
  });
});

describe('what is reserved', () => {
  it('is free again when the hold lapses, whoever finds that', async () => {
    await hold(ledger, tokens(9_000), 60);
    const kept = await hold(ledger, tokens(500), 600);
    await travel(60_000);
    const late = await hold(other, tokens(1_000));
    expect(await windows()).toEqual(['03-01 0/1500']);
    expect(await charged(ledger, kept, tokens(500))).toBe('0.5');
    expect(await charged(ledger, late, tokens(1_000))).toBe('1');
    expect(await books.value(`select reservations -> 0 ->> 2 from authorizations where status = 'expired'`)).toBe('0');
  });

  it('is free again however many lapse at once', async () => {
    const id = await hold(ledger, tokens(2), 900);
    await books.pool.query(
      `insert into holds select (h).* from (
        select jsonb_populate_record(h, jsonb_build_object('id', overlay(h.id::text placing lpad(n::text, 8, '0') from 1),
          'expires_at', h.expires_at - interval '10 minutes' - n * interval '1 ms')) as h
        from holds h, generate_series(1, $1::integer) n) copies`,
      [MOVED_MAX + 100],
    );
    await books.pool.query('update grants set held = held * $1', [MOVED_MAX + 101]);
    await books.pool.query('update counters set reserved = reserved * $1', [MOVED_MAX + 101]);
    await books.pool.query('update accounts set id_clock = id_clock + 1');
    await travel(5 * 60_000);
    expect(await charged(ledger, id, tokens(1))).toBe('0.001');
    expect(await windows()).toEqual(['03-01 1/0']);
  });
});

describe('the window', () => {
  it('of a hold is that of its creation, also for a process that knows nothing of it', async () => {
    const id = await hold(ledger, tokens(10_000));
    await travel(12 * 60_000);
    await ledger.do(chargeUsage('a', [tokens(8_000)]));
    expect(await charged(other, id, tokens(11_000))).toBe('12');
    expect(await windows()).toEqual(['03-01 11000/0', '04-01 8000/0']);
  });

  it('of a late commit is that of the hold, though it is over', async () => {
    const id = await hold(ledger, pages(3), 60);
    await travel(DAY_MS);
    await ledger.do(chargeUsage('a', [pages(6)]));
    expect(await charged(other, id, pages(7))).toBe('2');
    expect(await windows()).toEqual(['03-31 7/0', '04-01 6/0']);
  });

  it('closes two days after its end, and is found again by an adjustment years later', async () => {
    const id = await hold(ledger, tokens(11_000));
    expect(await charged(ledger, id, tokens(11_000))).toBe('12');
    const july = Date.UTC(YEAR + 1, 6, 10) - Date.UTC(YEAR, 2, 31, 23, 50);
    const nextJuly = Date.UTC(YEAR + 2, 6, 10) - Date.UTC(YEAR + 1, 6, 10);
    for (const [by, milliseconds] of [[ledger, july] as const, [other, nextJuly] as const]) {
      await travel(milliseconds);
      await by.do(chargeUsage('a', [tokens(1_000), pages(1)]));
    }
    expect(await windows()).toEqual([
      '03-01 11000/0 closed',
      '07-01 1000/0 closed',
      '07-10 1/0 closed',
      '07-01 1000/0',
      '07-10 1/0',
    ]);
    const fresh = engines.start();
    const { authorization } = await fresh.do(adjustUsage(id, [tokens(10_500), pages(6)]));
    expect(authorization).toMatchObject({ committed: '12', refunded: '0' });
    expect((await windows(`window_start < '${String(YEAR)}-04-01'`)).sort()).toEqual([
      '03-01 10500/0 closed',
      '03-31 6/0',
    ]);
  });

  it('is never opened twice by processes that do not know of each other', async () => {
    await ledger.do(chargeUsage('a', [pages(1)]));
    await Promise.all(
      [ledger, other].flatMap((by) => Array.from({ length: 5 }, () => by.do(chargeUsage('a', [tokens(1_000)])))),
    );
    expect(await windows(`window_start = '${String(YEAR)}-03-01'`)).toEqual(['03-01 10000/0']);
  });
});

describe('where the answer of a commit is lost', () => {
  it('nothing is counted twice', async () => {
    const wire = await FaultyWire.to(database.url);
    const shaky = engines.start(wire.url);
    const id = await hold(shaky, tokens(9_000));
    for (const fault of ['answer lost', 'lost'] as const) {
      wire.failNextCommit(fault);
      await Promise.allSettled([shaky.do(commitUsage(id, [tokens(9_000)]), 'key')]);
    }
    const { authorization } = await shaky.do(commitUsage(id, [tokens(9_000)]), 'key');
    expect(authorization.committed).toBe('9');
    expect(await windows()).toEqual(['03-01 9000/0']);
    await wire.close();
  });
});

it('an account without counted prices has no counters', async () => {
  await ledger.account('plain', '10');
  expect(await books.value('select count(*) from counters where account_id = $1', [accountKey('live', 'plain')])).toBe(
    '0',
  );
});
