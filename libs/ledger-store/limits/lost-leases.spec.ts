import { Amount } from '#amounts';
import { accountKey } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { returnedShare, returnShareSubmission } from '../engine/refilling.ts';
import { authorize, charge, commit } from '../testing/commands.ts';
import { LimitedLedgers, type LimitedLedger } from '../testing/limited-ledgers.ts';
import { brokenPromises } from '../testing/shares-of.ts';
import { TestBooks } from '../testing/test-books.ts';
import { transact } from '../transact.ts';
import { giveBack, readWindow, type WindowNow } from './idle-shares.ts';
import { leaseShares } from './lease-shares.ts';
import type { CommandWant } from './lease-source.ts';

let database: TestDatabase;
let ledgers: LimitedLedgers;
let one: LimitedLedger;
let two: LimitedLedger;
let books: TestBooks;
let limit: string;

beforeEach(async () => {
  database = await createTestDatabase();
  ledgers = new LimitedLedgers(database.url);
  one = await ledgers.open();
  two = await ledgers.open();
  books = new TestBooks(database.url);
  for (const account of ['a', 'b']) await one.ledger.account(account, '1000');
  limit = await ledgers.limit(one, '10');
});
afterEach(async () => {
  expect(await brokenPromises(books)).toBe('');
  await ledgers.close();
  await books.close();
  await database.drop();
});

/** Leases to an account, and goes no further: as a process that ends right then. */
async function leaseAndDie(account: string, amount: string): Promise<void> {
  const want: CommandWant = {
    limit,
    accountKey: accountKey('live', account),
    at: Date.now(),
    required: new Amount(amount),
    least: new Amount(amount),
    room: new Amount(0),
    granted: new Amount(0),
    perMinute: new Amount(0),
    isJoint: false,
  };
  await transact(one.pool, (client) => leaseShares(client, [want]));
}

const windowNow = async (): Promise<WindowNow> => {
  const found = await transact(one.pool, (client) => readWindow(client, { limit, windowStart: 0 }));
  if (!found) throw new Error('there is no window');
  return found;
};
const leasedTo = (account: string): Promise<string> =>
  books.value('select coalesce(sum(granted), 0) from span_limit_shares where account_id = $1', [
    accountKey('live', account),
  ]);

describe('a lease that a process has left', () => {
  it('is taken by the next refill of its account, without another credit of the limit', async () => {
    await leaseAndDie('a', '6');
    await two.ledger.do(charge('a', '6'));
    expect(await leasedTo('a')).toBe('6');
    await two.ledger.do(charge('b', '4'));
  });

  it('is given back where another account needs it', async () => {
    await leaseAndDie('a', '6');
    await two.ledger.do(charge('b', '10'));
    expect(await leasedTo('a')).toBe('0');
  });

  it('can’t be taken any more once it was given back', async () => {
    await one.ledger.do(charge('a', '1'));
    await leaseAndDie('a', '6');
    const { leases } = await transact(one.pool, (client) =>
      leaseShares(client, [
        {
          limit,
          accountKey: accountKey('live', 'a'),
          at: Date.now(),
          required: new Amount(1),
          least: new Amount(1),
          room: new Amount(0),
          granted: new Amount(1),
          perMinute: new Amount(0),
          isJoint: false,
        },
      ]),
    );
    const [lease] = leases;
    if (!lease) throw new Error('nothing was leased');
    // The other account takes it all, while the first process sleeps on its lease.
    await two.ledger.do(charge('b', '9'));
    const account = { environment: 'live', id: 'a', key: accountKey('live', 'a') };
    const share = { account, limit, window: lease.window, lease: lease.number };
    const answer = await one.ledger.engine.submit(returnShareSubmission(share));
    expect(returnedShare(answer)).toMatchObject({ lease: lease.number });
    expect((await one.ledger.ask(charge('a', '1'))).code).toBe('environment_limit_exceeded');
  });
});

describe('a share that was made smaller and not given back', () => {
  const makeSmaller = async (): Promise<{ now: WindowNow; granted: Amount }> => {
    await one.ledger.do(commit((await one.ledger.do(authorize('a', '8'))).authorization.id, '2'));
    const now = await windowNow();
    const [share] = now.idleShares;
    if (!share) throw new Error('nothing is idle');
    const { account, lease } = share;
    const command = returnShareSubmission({ account, limit, window: now.window, lease });
    const { granted } = returnedShare(await one.ledger.engine.submit(command));
    expect(granted.toFixed()).toBe('2');
    return { now, granted };
  };

  it('is found by whoever needs it', async () => {
    await makeSmaller();
    await two.ledger.do(charge('b', '8'));
    expect(await leasedTo('a')).toBe('2');
  });

  it('is taken again by its account', async () => {
    await makeSmaller();
    await two.ledger.do(charge('a', '5'));
    expect(await leasedTo('a')).toBe('8');
  });

  it('stays with its account where that was leased more in between', async () => {
    const { now, granted } = await makeSmaller();
    await two.ledger.do(charge('a', '7'));
    const smaller = now.idleShares.map((share) => ({ share, granted }));
    await transact(one.pool, (client) => giveBack(client, { limit, windowStart: 0 }, smaller));
    expect(await leasedTo('a')).toBe('9');
    expect((await one.ledger.ask(charge('b', '2'))).code).toBe('environment_limit_exceeded');
    await one.ledger.do(charge('b', '1'));
  });
});

it('a share that is made smaller keeps what is held and what was used beyond it', async () => {
  await one.ledger.do(commit((await one.ledger.do(authorize('a', '2'))).authorization.id, '5'));
  await one.ledger.do(authorize('b', '3'));
  const { idle, left, spent, held } = await windowNow();
  expect([idle, left, spent, held].map((amount) => amount.toFixed())).toEqual(['0', '5', '5', '3']);
  await two.ledger.do(charge('b', '2'));
});

it('a share whose account has left the window long ago is given back like any other', async () => {
  await one.ledger.do(commit((await one.ledger.do(authorize('a', '8'))).authorization.id, '2'));
  // Its test clock is weeks ahead of the other account's.
  await books.pool.query('update counters set open = false');
  await books.pool.query('update accounts set id_clock = id_clock + 1');
  await two.ledger.do(charge('b', '8'));
  expect(await leasedTo('a')).toBe('2');
});
