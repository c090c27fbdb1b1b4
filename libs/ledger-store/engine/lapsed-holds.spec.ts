import { accountKey } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { reach } from '../../../test/support/clock.ts';
import { MOVED_MAX } from '../load/lapsed-holds.ts';
import { AccountReader } from '../read/account-reader.ts';
import { authorize, charge, commit, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { ledgerPool } from './ledger-pool.ts';

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await books.close();
  await database.drop();
});

interface Hold {
  readonly id: string;
  readonly expiresAt: number | null;
}

async function hold(id: string, amount: string, seconds = 1): Promise<Hold> {
  const { authorization } = await ledger.do(authorize(id, amount, seconds));
  return authorization;
}

async function lapse(...holds: readonly Hold[]): Promise<void> {
  const last = Math.max(...holds.map(({ expiresAt }) => expiresAt ?? Number.NaN));
  await reach(new Date(last).toISOString());
}

/** The account's numbers as a reader tells them. */
async function read(id: string): Promise<{ posted: string; held: string }> {
  const pool = ledgerPool(database.url, 1, () => undefined);
  try {
    const found = await new AccountReader(pool).find({ environment: 'live', id, key: accountKey('live', id) });
    if (!found) throw new Error(`there is no account ${id}`);
    return { posted: found.balance.posted.toFixed(), held: found.balance.held.toFixed() };
  } finally {
    await pool.end();
  }
}

/** What was held right after each hold that lapsed, in the order of the events. */
async function reportedHeld(): Promise<string[]> {
  const { rows } = await books.pool.query<{ held: string }>(
    `select data -> 'balance' ->> 'held' as held from events where type = 'authorization.expired' order by sequence`,
  );
  return rows.map(({ held }) => held);
}

/** Holds one credit of the account, and makes as many holds of one that lapsed a minute ago, a millisecond apart. */
async function holdWithLapsed(count: number): Promise<void> {
  await ledger.do(authorize('a', '1', 3600));
  await books.pool.query(
    `insert into holds select account_id, overlay(uuid_at(created_at - n * interval '1 ms')::text placing substr(id::text, 15) from 15)::uuid, environment, amount, held,
        allocations, overdraft_held, committed, draws, steps, uncollected, overage, usage, tags, metadata,
        created_at - interval '1 hour', created_at - interval '1 minute' - n * interval '1 ms', balance_posted, balance_held
      from holds, generate_series(1, $1::int) n`,
    [count],
  );
}

describe('holds that lapse', () => {
  it('are all let go by the first decision after it, thousands at once', async () => {
    await ledger.account('a', '2000', { overdraftLimit: '5000' });
    const holds = await Promise.all(Array.from({ length: 3000 }, () => hold('a', '1', 8)));
    expect(await read('a')).toEqual({ posted: '2000', held: '3000' });
    await lapse(...holds);
    expect(await read('a')).toEqual({ posted: '2000', held: '0' });
    expect(await books.count('holds')).toBe(3000);

    expect((await ledger.ask(charge('a', '2000'))).code).toBe('ok');
    expect(await books.count('holds')).toBe(0);
    expect(
      await books.count(
        'authorizations',
        `status = 'expired' and closed_at = expires_at and held_at_close = 1 and committed = 0 and final_amount is null`,
      ),
    ).toBe(3000);
    expect(await books.value('(select trim_scale(sum(held)) from grants)')).toBe('0');
    expect(await books.value('(select trim_scale(overdraft_held) from accounts)')).toBe('0');
    expect(await read('a')).toEqual({ posted: '0', held: '0' });
  });

  it('give what they pinned of a grant that is over to breakage, as of the instant each ran out', async () => {
    await ledger.account('a');
    const { grant } = await ledger.do(createGrant('a', '10', Date.now() + 1500));
    const first = await hold('a', '1', 2);
    await lapse({ id: '', expiresAt: Date.now() + 5 });
    const second = await hold('a', '4', 2);
    await lapse(second);
    await ledger.do(createGrant('a', '1'));
    const { rows } = await books.pool.query<{ amount: string; at: Date }>(
      `select trim_scale(amount) as amount, created_at as at from transfers where kind = 'breakage' order by created_at`,
    );
    expect(rows.map(({ amount, at }) => [amount, at.getTime()])).toEqual([
      ['5', grant.expiresAt],
      ['1', first.expiresAt],
      ['4', second.expiresAt],
    ]);
  });

  it('are closed although nothing was left of them', async () => {
    await ledger.account('a', '10');
    const one = await hold('a', '5');
    await ledger.do(commit(one.id, '5', false));
    await lapse(one);
    expect((await ledger.ask(charge('a', '5'))).code).toBe('ok');
    expect(await books.count('authorizations', `status = 'expired' and committed = 5 and held_at_close = 0`)).toBe(1);
  });

  it('can be committed late in the very batch that lets them go', async () => {
    await ledger.account('a', '10');
    const [one, two] = await Promise.all([hold('a', '6'), hold('a', '4')]);
    await lapse(one, two);
    const [charged, late, again] = await Promise.all([
      ledger.ask(charge('a', '7')),
      ledger.do(commit(one.id, '2')),
      ledger.ask(commit(one.id, '3')),
    ]);
    expect(await books.transactionsOf('a')).toBe(1);
    expect(charged.code).toBe('ok');
    expect(late.authorization).toMatchObject({ status: 'committed', late: true, committed: '2', heldAtClose: '6' });
    expect(again.code).toBe('authorization_committed');
    expect(await books.count('authorizations', `status = 'committed' and late and closed_at = expires_at`)).toBe(1);
    expect(await books.count('authorizations', `status = 'expired'`)).toBe(1);
  });

  it('are not taken for open by who knew them, whoever let them go', async () => {
    await ledger.account('b', '10');
    const known = await hold('b', '1');
    await lapse(known);
    await ledger.do(charge('b', '1'));
    expect((await ledger.do(commit(known.id))).authorization).toMatchObject({ status: 'committed', late: true });

    await ledger.account('a', '10');
    const [own, foreign, kept] = await Promise.all([hold('a', '1'), hold('a', '2'), hold('a', '3', 60)]);
    await lapse(own, foreign);
    await other.do(charge('a', '1'));
    await ledger.do(charge('a', '1'));
    expect((await ledger.do(commit(own.id))).authorization).toMatchObject({ status: 'committed', late: true });
    expect((await other.do(commit(foreign.id))).authorization).toMatchObject({ status: 'committed', late: true });
    expect((await ledger.do(commit(kept.id))).authorization).toMatchObject({ status: 'committed', late: false });
    expect(await read('a')).toEqual({ posted: '2', held: '0' });
  });

  it('are reported with what was held right after each, of the overdraft too', async () => {
    await ledger.account('a', '1', { overdraftLimit: '10' });
    const holds = [await hold('a', '3', 2), await hold('a', '4', 1), await hold('a', '2', 3)];
    await lapse(...holds);
    await ledger.do(charge('a', '1'));
    expect(await reportedHeld()).toEqual(['5', '2', '0']);
  });

  it('are moved in pieces where there are more than one statement should move', async () => {
    const count = 2 * MOVED_MAX + 1;
    await ledger.account('a', String(count));
    await holdWithLapsed(count - 1);
    await books.pool.query('update grants set held = $1', [count]);
    await books.pool.query('update accounts set id_clock = id_clock + 1');

    expect((await ledger.ask(charge('a', String(count)))).code).toBe('credits_held');
    expect((await ledger.ask(charge('a', String(count - 1)))).code).toBe('ok');
    expect(await books.count('holds')).toBe(1);
    expect(await books.count('authorizations', `status = 'expired'`)).toBe(count - 1);
    expect(await read('a')).toEqual({ posted: '1', held: '1' });
    expect(await reportedHeld()).toEqual(Array.from({ length: count - 1 }, (_, at) => String(count - 1 - at)));
  });

  it('and a grant that expires between them is reported in its place, though they are moved in pieces', async () => {
    const count = MOVED_MAX + 10;
    await ledger.account('a', '1');
    const { grant } = await ledger.do(createGrant('a', String(count), Date.now() + 3_600_000));
    await holdWithLapsed(count - 1);
    await books.pool.query(`update grants set held = $1 where amount = $1`, [count]);
    // Five of the holds lapse after it.
    await books.pool.query(
      `update grants set effective_at = effective_at - interval '2 hours', expires_at = (
         select expires_at from holds where expires_at < now() order by expires_at desc offset 5 limit 1) where id = $1`,
      [grant.id],
    );
    await books.pool.query('update accounts set id_clock = id_clock + 1');
    await ledger.do(charge('a', '1'));
    const { rows } = await books.pool.query<{ type: string; lost: string | null; held: string }>(
      `select type, data ->> 'amount_expired' as lost, data -> 'balance' ->> 'held' as held
       from events where type in ('grant.expired', 'grant.remainder_expired') order by sequence`,
    );
    expect(rows).toEqual([
      { type: 'grant.expired', lost: String(count - 6), held: '6' },
      ...[5, 4, 3, 2, 1].map((held) => ({ type: 'grant.remainder_expired', lost: '1', held: String(held) })),
    ]);
  });
});
