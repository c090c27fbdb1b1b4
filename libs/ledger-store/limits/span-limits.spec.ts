import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { queryable } from '../queryable.ts';
import { authorize, charge, chargeAll, commit, extendBy, voidHold } from '../testing/commands.ts';
import { LimitedLedgers, type LimitedLedger } from '../testing/limited-ledgers.ts';
import { brokenPromises } from '../testing/shares-of.ts';
import { TestBooks } from '../testing/test-books.ts';
import { dropLimit } from './limit-rows.ts';

let database: TestDatabase;
let ledgers: LimitedLedgers;
let one: LimitedLedger;
let two: LimitedLedger;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledgers = new LimitedLedgers(database.url);
  one = await ledgers.open();
  two = await ledgers.open();
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledgers.close();
  await books.close();
  await database.drop();
});

const granted = (): Promise<string> => books.value('select trim_scale(granted) from span_limit_windows');
const figuresOf = (body: string): Record<string, string | null> => {
  const { limit, spent, held } = JSON.parse(body) as Record<string, string>;
  return { limit: limit ?? null, spent: spent ?? null, held: held ?? null };
};

async function hold({ ledger }: LimitedLedger, account: string, amount: string): Promise<string> {
  const { authorization } = await ledger.do(authorize(account, amount));
  return authorization.id;
}

/** Lets a hold expire now. Every write to what an account owns moves its clock, by which engines learn of it. */
async function expire(id: string): Promise<void> {
  await books.pool.query(`update holds set expires_at = created_at + interval '1 millisecond' where id = $1`, [id]);
  await books.pool.query('update accounts set id_clock = id_clock + 1');
}

describe('a limit over all accounts of an environment', () => {
  beforeEach(async () => {
    for (const account of ['a', 'b', 'c']) await one.ledger.account(account, '1000');
  });

  it('is spent to the last credit, by whichever account and process, and never beyond', async () => {
    await ledgers.limit(one, '10');
    await one.ledger.do(charge('a', '4'));
    await two.ledger.do(charge('b', '5'));
    const declined = await one.ledger.ask(charge('c', '2'));
    expect(declined.code).toBe('environment_limit_exceeded');
    expect(figuresOf(declined.body)).toEqual({ limit: '10', spent: '9', held: '0' });
    await two.ledger.do(charge('c', '1'));
    expect((await two.ledger.ask(charge('a', '0.000000000001'))).code).toBe('environment_limit_exceeded');
    expect(await granted()).toBe('10');
  });

  it('is decided on the account’s share alone where that suffices', async () => {
    await ledgers.limit(one, '2560');
    await one.ledger.do(charge('a', '1'));
    expect(await granted()).toBe('10');
    for (let n = 0; n < 9; n += 1) await one.ledger.do(charge('a', '1'));
    expect(await books.value('select lease from span_limit_shares')).toBe('1');
    await one.ledger.do(charge('a', '1'));
    expect(await books.value('select lease from span_limit_shares')).toBe('2');
  });

  it('counts what is held, and has it back when it is let go, in whichever account', async () => {
    await ledgers.limit(one, '10');
    const held = await hold(one, 'a', '6');
    const declined = await two.ledger.ask(charge('b', '5'));
    expect(declined.code).toBe('environment_limit_exceeded');
    expect(JSON.parse(declined.body)).toMatchObject({ spent: '0', held: '6', retryAfterSeconds: 1 });
    await two.ledger.do(voidHold(held));
    await one.ledger.do(charge('b', '9'));
    await two.ledger.do(charge('c', '1'));
    expect(await granted()).toBe('10');
  });

  it('is refused only for what is spent and held at that moment, whoever lets go of something', async () => {
    await ledgers.limit(one, '10');
    const held = [await hold(one, 'a', '6'), await hold(two, 'b', '4')];
    for (const [index, id] of held.entries()) {
      expect((await one.ledger.ask(charge('c', '3'))).code).toBe('environment_limit_exceeded');
      await (index === 0 ? one : two).ledger.do(commit(id, '1'));
      await one.ledger.do(charge('c', index === 0 ? '5' : '3'));
    }
  });

  it('has back what expired holds let go, though nobody has asked their accounts since', async () => {
    await ledgers.limit(one, '10');
    const expiring = await hold(two, 'a', '6');
    await hold(two, 'b', '4');
    expect((await one.ledger.ask(charge('c', '6'))).code).toBe('environment_limit_exceeded');
    await expire(expiring);
    await one.ledger.do(charge('c', '6'));
    expect((await one.ledger.ask(charge('c', '1'))).code).toBe('environment_limit_exceeded');
    expect(await granted()).toBe('10');
  });

  it('takes idle parts of shares back before it refuses', async () => {
    await ledgers.limit(one, '1000');
    await hold(one, 'a', '1');
    await hold(two, 'b', '1');
    await one.ledger.do(charge('c', '998'));
    expect(await granted()).toBe('1000');
    expect((await two.ledger.ask(charge('a', '1'))).code).toBe('environment_limit_exceeded');
  });

  it('refuses at once what neither the account’s own share nor the rest of the limit suffices for', async () => {
    await ledgers.limit(one, '10');
    await one.ledger.do(commit(await hold(one, 'a', '10'), '7'));
    expect((await one.ledger.ask(charge('a', '5'))).code).toBe('environment_limit_exceeded');
    await two.ledger.do(charge('b', '3'));
  });

  it('refuses nobody for what was leased for requests that are declined by something else', async () => {
    await ledgers.limit(one, '100');
    await one.ledger.account('poor', '5');
    const ofPoor = Array.from({ length: 20 }, () => one.ledger.ask(charge('poor', '5')));
    const declined = (await Promise.all([...ofPoor, one.ledger.do(charge('a', '5'))])).slice(1, -1);
    expect(declined).toEqual(ofPoor.slice(1).map(() => expect.objectContaining({ code: 'insufficient_credits' })));
    await two.ledger.do(charge('b', '90'));
  });

  it('declines requests and never commits; what goes beyond a share is taken from what is left', async () => {
    await ledgers.limit(one, '20');
    await one.ledger.do(commit(await hold(one, 'a', '2'), '15'));
    expect((await one.ledger.ask(charge('a', '6'))).code).toBe('environment_limit_exceeded');
    await one.ledger.do(charge('a', '5'));
    expect(await granted()).toBe('20');
    expect(await books.value('select trim_scale(overrun) from counters')).toBe('0');
  });

  it('refuses a batch whole, and leases what it needs to all its accounts', async () => {
    await ledgers.limit(one, '10');
    expect((await one.ledger.ask(chargeAll(['a', 'b'], '6'))).code).toBe('environment_limit_exceeded');
    expect((await two.ledger.ask(chargeAll(['a', 'b'], '5'))).code).toBe('ok');
    expect(await granted()).toBe('10');
  });

  it('lets through what costs nothing, though nothing is left, and counts what that costs after all', async () => {
    await ledgers.limit(one, '10');
    const free = await hold(one, 'a', '0');
    await one.ledger.do(charge('b', '10'));
    await two.ledger.do(charge('c', '0'));
    await two.ledger.do(commit(free, '3'));
    await one.ledger.do(charge('a', '0'));
    expect((await one.ledger.ask(charge('a', '0.01'))).code).toBe('environment_limit_exceeded');
    expect(await books.value('select trim_scale(sum(used)) from counters')).toBe('13');
  });

  it('bounds more for an open hold only where it counts that hold', async () => {
    const earlier = await hold(one, 'a', '10');
    await ledgers.limit(one, '8');
    await one.ledger.do(extendBy(earlier, '5'));
    const later = await hold(one, 'b', '8');
    expect((await two.ledger.ask(extendBy(later, '1'))).code).toBe('environment_limit_exceeded');
  });

  it('goes on counting what it was set for where it is taken away', async () => {
    const id = await ledgers.limit(one, '10');
    const held = await hold(one, 'a', '8');
    await dropLimit(queryable(one.pool), id);
    await one.limits.noticeChange();
    await one.ledger.do(extendBy(held, '5'));
    expect(await books.value('select trim_scale(reserved) from counters')).toBe('13');
    await one.ledger.do(commit(held, '9'));
    expect(await books.value('select trim_scale(used) from counters')).toBe('9');
    expect(await brokenPromises(books)).toBe('');
  });
});
