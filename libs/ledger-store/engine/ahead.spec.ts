import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, commit, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

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

/** Makes an account known to `ledger`, which decides ahead on it from then on. */
async function known(id: string, credits: string): Promise<void> {
  await ledger.account(id, credits);
  await ledger.do(charge(id, '1'));
}

/** Submits while somebody else has the account's lock, does something else meanwhile, and lets go. */
async function whileLocked<T>(
  account: string,
  submit: () => Promise<T>,
  meanwhile: () => Promise<unknown>,
): Promise<T> {
  const lock = await books.lock(account);
  const answer = submit();
  await books.lockWaits();
  await meanwhile();
  await lock.release();
  return answer;
}

describe('a batch decided ahead', () => {
  it('never waits for a lock, nor keeps the others of its batch waiting', async () => {
    await known('a', '10');
    await known('b', '10');
    const lock = await books.lock('a');
    const waiting = ledger.do(charge('a', '1'));
    await ledger.do(charge('b', '1'));
    await ledger.do(charge('b', '1'));
    await lock.release();
    await waiting;
    expect([await books.spent('a'), await books.spent('b')]).toEqual(['2', '3']);
  });

  it('is decided again where another process was first', async () => {
    await known('a', '10');
    // Both wait for the lock; the other's decision takes what this one has counted on.
    const lock = await books.lock('a');
    const taken = other.do(charge('a', '9'));
    await books.lockWaits();
    const declined = ledger.ask(charge('a', '1'));
    await books.lockWaits(2);
    await lock.release();
    await taken;
    expect((await declined).code).toBe('insufficient_credits');
    expect(await books.spent('a')).toBe('10');
  });

  it('follows another process’s grants, charges and commits from then on', async () => {
    await known('a', '10');
    for (let round = 0; round < 5; round += 1) {
      const { authorization } = await ledger.do(authorize('a', '9'));
      expect((await other.ask(charge('a', '1'))).code).toBe('credits_held');
      await other.do(commit(authorization.id, '9'));
      expect((await ledger.ask(charge('a', '1'))).code).toBe('insufficient_credits');
      await other.do(createGrant('a', '9'));
    }
    expect((await ledger.do(charge('a', '9'))).authorization.balance.posted).toBe('0');
  });

  it('sees what another process did to an authorization alone, no credits moved', async () => {
    await known('a', '3');
    const { authorization } = await ledger.do(authorize('a', '2'));
    await ledger.do(commit(authorization.id, '5', false));
    const elsewhere = await other.do(commit(authorization.id, '1', false));
    expect(elsewhere.authorization).toMatchObject({ committed: '2', uncollected: '4' });
    const { authorization: final } = await ledger.do(commit(authorization.id, '2'));
    expect(final).toMatchObject({ committed: '2', uncollected: '6' });
  });

  it('is answered by the first answer where the same key came in by another process meanwhile', async () => {
    await known('a', '10');
    const lock = await books.lock('a');
    const first = other.ask(charge('a', '2'), 'k');
    await books.lockWaits();
    const second = ledger.ask(charge('a', '2'), 'k');
    await books.lockWaits(2);
    await lock.release();
    expect(await second).toEqual({ ...(await first), replayed: true });
    expect(await books.spent('a')).toBe('3');
  });

  it('sees a hold that has run out while nothing was asked', async () => {
    await known('a', '10');
    await ledger.do(authorize('a', '9', 1));
    expect((await ledger.ask(charge('a', '9'))).code).toBe('credits_held');
    await sleep(1000);
    expect((await ledger.ask(charge('a', '9'))).code).toBe('ok');
  });

  it('sees a hold that runs out while it waits to be written', async () => {
    await known('a', '10');
    const { authorization } = await ledger.do(authorize('a', '9', 1));
    const late = (): Promise<unknown> => sleep((authorization.expiresAt ?? 0) - Date.now() + 5);
    const answer = await whileLocked('a', () => ledger.ask(charge('a', '0.5')), late);
    expect(JSON.parse(answer.body)).toMatchObject({ authorization: { balance: { posted: '8.5', held: '0' } } });
  });

  it('does not count a grant before it is in effect, nor after its end', async () => {
    await known('a', '1');
    const end = Date.now() + 700;
    await ledger.do(createGrant('a', '5', end));
    expect((await ledger.ask(charge('a', '3'))).code).toBe('ok');
    await sleep(end - Date.now() + 5);
    expect((await ledger.ask(charge('a', '1'))).code).toBe('insufficient_credits');
  });

  it('tells exactly when the next hold expires, though the one it thought next is gone', async () => {
    await known('a', '10');
    const first = await ledger.do(authorize('a', '4', 60));
    const second = await ledger.do(authorize('a', '5', 600));
    await ledger.do(commit(first.authorization.id, '4'));
    const { body } = await ledger.ask(charge('a', '1'));
    const { holdExpiresAt } = JSON.parse(body) as { holdExpiresAt: number };
    expect(holdExpiresAt).toBe(second.authorization.expiresAt);
  });

  it('writes two batches of an account one behind the other, each on what the one before has left', async () => {
    await known('a', '1001');
    const answers = await Promise.all(Array.from({ length: 1000 }, () => ledger.do(charge('a', '1'))));
    const posted = answers.map(({ authorization }) => Number(authorization.balance.posted));
    expect(posted).toEqual(Array.from({ length: 1000 }, (_, index) => 999 - index));
    expect((await ledger.ask(charge('a', '1'))).code).toBe('insufficient_credits');
  });
});
