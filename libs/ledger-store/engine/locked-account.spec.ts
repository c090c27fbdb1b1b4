import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, chargeAll } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

const neighbours = Array.from({ length: 60 }, (_, index) => `n${String(index)}`);

async function open(): Promise<void> {
  ledger = new TestLedger(database.url);
  await Promise.all(['stuck', ...neighbours].map((id) => ledger.account(id, '1000')));
}

async function msOf(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work;
  return performance.now() - startedAt;
}

describe('an account that someone else keeps locked', () => {
  it('is refused when the lock timeout has passed, with nothing changed', async () => {
    await open();
    const lock = await books.lock('stuck');
    const ms = await msOf(
      expect(ledger.do(charge('stuck', '1'), 'k')).rejects.toMatchObject({ reason: 'database_unavailable' }),
    );
    expect(ms).toBeGreaterThan(1900);
    expect(ms).toBeLessThan(3500);
    await lock.release();
    expect(await ledger.ask(charge('stuck', '1'), 'k')).toMatchObject({ code: 'ok', replayed: false });
    expect(await books.spent('stuck')).toBe('1');
  });

  it('does not hold up other accounts', async () => {
    await open();
    const lock = await books.lock('stuck');
    const stuck = expect(ledger.do(charge('stuck', '1'))).rejects.toMatchObject({ reason: 'database_unavailable' });
    await books.lockWaits();
    const ms = await Promise.all(neighbours.map((id) => msOf(ledger.do(charge(id, '1')))));
    expect(Math.max(...ms)).toBeLessThan(1000);
    await stuck;
    await lock.release();
  });

  it('holds up the others of its batch once, for no longer than the lock timeout', async () => {
    await open();
    const lock = await books.lock('stuck');
    const before = neighbours.slice(0, 30).map((id) => msOf(ledger.do(charge(id, '1'))));
    const stuck = expect(ledger.do(charge('stuck', '1'))).rejects.toMatchObject({ reason: 'database_unavailable' });
    const pair = expect(ledger.do(chargeAll(['n0', 'stuck'], '1'))).rejects.toMatchObject({
      reason: 'database_unavailable',
    });
    const after = neighbours.slice(30).map((id) => msOf(ledger.do(charge(id, '1'))));
    expect(Math.max(...(await Promise.all([...before, ...after])))).toBeLessThan(3500);
    await Promise.all([stuck, pair]);
    await lock.release();
    expect(await books.spent('n0')).toBe('1');
  });

  it('hardly slows down its lane while it stays locked and is asked for again and again', async () => {
    await open();
    const lock = await books.lock('stuck');
    await expect(ledger.do(charge('stuck', '1'))).rejects.toMatchObject({ reason: 'database_unavailable' });
    for (const id of neighbours.slice(0, 8)) {
      const again = expect(ledger.do(charge('stuck', '1'))).rejects.toMatchObject({ reason: 'database_unavailable' });
      expect(await msOf(ledger.do(charge(id, '1')))).toBeLessThan(500);
      await again;
    }
    await lock.release();
    await ledger.do(charge('stuck', '1'));
    expect(await books.spent('stuck')).toBe('1');
  });

  it('is no reason to refuse what waits behind it, with keys or without', async () => {
    await open();
    const lock = await books.lock('stuck');
    const stuck = expect(ledger.do(charge('stuck', '1'), 'k')).rejects.toMatchObject({
      reason: 'database_unavailable',
    });
    await books.lockWaits();
    await Promise.all(neighbours.map((id) => ledger.do(charge(id, '1'), id)));
    await stuck;
    await lock.release();
  });

  it('does not make others look locked, which its batch has locked with it', async () => {
    await open();
    const lock = await books.lock('stuck');
    const stuck = expect(ledger.do(chargeAll(['stuck', ...neighbours], '1'), 'k')).rejects.toMatchObject({
      reason: 'database_unavailable',
    });
    await books.lockWaits();
    const ms = await msOf(Promise.all(neighbours.map((id) => ledger.do(charge(id, '1'), id))));
    expect(ms).toBeLessThan(1500);
    await stuck;
    await lock.release();
  });

  it('waits for a lock that is released in time', async () => {
    await open();
    const lock = await books.lock('stuck');
    const answer = ledger.do(charge('stuck', '1'));
    await books.lockWaits();
    await lock.release();
    await answer;
  });
});
