import { accountKey, type AccountRef } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, chargeAll, chargeEach, commit, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import type { ObservedBatch } from './engine-observer.ts';

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
let books: TestBooks;
let observed: ObservedBatch[];

beforeEach(async () => {
  database = await createTestDatabase();
  observed = [];
  ledger = new TestLedger(database.url, { observer: { onBatch: (batch) => void observed.push(batch) } });
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
  await other.account('hot', '100000');
  await ledger.do(charge('hot', '1'));
  observed = [];
});
afterEach(async () => {
  await ledger.stop();
  await other.stop();
  await books.close();
  await database.drop();
});

/** How many decisions were made how, since this was last asked. */
function decisions(): Partial<Record<ObservedBatch['how'], number>> {
  const sums: Partial<Record<ObservedBatch['how'], number>> = {};
  for (const { how, decisions: count } of observed.splice(0)) sums[how] = (sums[how] ?? 0) + count;
  return sums;
}

/** Charges the hot account while something else is asked again and again. @returns what that was answered */
async function besideHot(odd: readonly (() => Promise<{ readonly code: string }>)[]): Promise<string[]> {
  const codes: string[] = [];
  const before = Number(await books.spent('hot'));
  await Promise.all([
    ...Array.from({ length: 20 }, async () => {
      for (let round = 0; round < 20; round += 1) await ledger.do(charge('hot', '1'));
    }),
    (async () => {
      for (const ask of odd) codes.push((await ask()).code);
    })(),
  ]);
  expect(Number(await books.spent('hot'))).toBe(before + 400);
  return codes;
}

function accountOf(id: string): AccountRef {
  return { environment: 'live', id, key: accountKey('live', id) };
}

/**
 * So many decisions were made since this was last asked, and ahead. On a machine that stands still for a moment a batch may be
 * too late, and its commands are decided under locks: a few, and never all.
 */
function expectAhead(count: number): void {
  const { ahead = 0, locked = 0 } = decisions();
  expect(ahead + locked).toBe(count);
  expect(locked).toBeLessThan(Math.max(3, count / 4));
}

const times = <T>(count: number, value: T): T[] => Array<T>(count).fill(value);

describe('without a locked batch', () => {
  it('a request is declined, though others hold the credits', async () => {
    await other.account('held', '10');
    await other.do(authorize('held', '10'));
    const codes = await besideHot(times(20, () => ledger.ask(authorize('held', '1'))));
    expect(codes).toEqual(times(20, 'credits_held'));
    expectAhead(420);
  });

  it('a decline says when the next hold expires, whatever was closed before', async () => {
    await other.account('held', '10');
    const first = await ledger.do(authorize('held', '4', 60));
    const second = await ledger.do(authorize('held', '5', 600));
    await ledger.do(commit(first.authorization.id, '4'));
    const { body } = await ledger.ask(charge('held', '2'));
    const { holdExpiresAt } = JSON.parse(body) as { holdExpiresAt: number };
    expect(holdExpiresAt).toBe(second.authorization.expiresAt);
    expectAhead(4);
  });

  it('cold accounts are read, alone and in batches', async () => {
    const accounts = Array.from({ length: 30 }, (_, at) => `cold${String(at)}`);
    for (const id of accounts) await other.account(id, '10');
    const batch = (ids: readonly string[]): Promise<{ code: string }> => ledger.ask(chargeAll(ids, '1'));
    const codes = await besideHot([
      ...accounts.slice(0, 10).map((id) => () => ledger.ask(charge(id, '1'))),
      () => batch(accounts.slice(10, 20)),
      () => batch(accounts.slice(15, 30)),
    ]);
    expect(codes).toEqual(times(12, 'ok'));
    expectAhead(400 + 10 + 10 + 15);
  });

  it('a hold is committed that another process has made', async () => {
    await other.account('a', '10');
    const { authorization } = await other.do(authorize('a', '10'));
    await besideHot([() => ledger.ask(commit(authorization.id, '4'))]);
    expect(await books.spent('a')).toBe('4');
    expectAhead(401);
  });

  it('a commit of a closed authorization is refused, and of an id that was never made', async () => {
    const { authorization } = await other.do(authorize('hot', '1'));
    await other.do(commit(authorization.id, '0.5'));
    const absent = authorization.id.replace(/^.{8}/, '00000001');
    // The first conflicts, and leaves the account to two locked batches.
    for (let round = 0; round < 3; round += 1) await ledger.do(charge('hot', '1'));
    decisions();
    const codes = await besideHot([
      ...times(5, () => ledger.ask(commit(authorization.id, '0.7'))),
      ...times(5, () => ledger.ask(commit(absent, '1'))),
    ]);
    expect(codes).toEqual([...times(5, 'authorization_committed'), ...times(5, 'authorization_not_found')]);
    expectAhead(410);
  });

  it('a hold is committed once, however often it is asked at once', async () => {
    const { authorization } = await ledger.do(authorize('hot', '1'));
    const asked = times(50, () => ledger.ask(commit(authorization.id, '1'))).map((ask) => ask());
    const others = times(50, () => ledger.ask(commit(authorization.id, '0.5'))).map((ask) => ask());
    const codes = (await Promise.all([...asked, ...others])).map(({ code }) => code);
    expect(codes).toEqual([...times(50, 'ok'), ...times(50, 'authorization_committed')]);
    expect(decisions().locked ?? 0).toBeLessThan(25);
  });

  it('requests that were answered before are answered again', async () => {
    await other.account('a', '100');
    const keys = Array.from({ length: 50 }, (_, at) => `k${String(at)}`);
    for (const key of keys) await other.do(charge('a', '1'), key);
    observed = [];
    const codes = await besideHot(keys.map((key) => () => ledger.ask(charge('a', '1'), key)));
    expect(codes).toEqual(times(50, 'ok'));
    expect(await books.spent('a')).toBe('50');
    expect(decisions().locked ?? 0).toBeLessThan(25);
  });

  it('grants are made and terms are changed', async () => {
    const codes = await besideHot([
      () => ledger.ask(createGrant('hot', '5')),
      () => ledger.ask({ type: 'set_account_status', account: accountOf('hot'), status: 'active' }),
    ]);
    expect(codes).toEqual(['ok', 'ok']);
    expectAhead(402);
  });
});

describe('an account that another process writes to', () => {
  it('goes to locked batches by itself, while all others are decided ahead', async () => {
    await other.account('shared', '1000');
    let isOver = false;
    const elsewhere = Promise.all(
      times(4, null).map(async () => {
        while (!isOver) await other.do(charge('shared', '0.001'));
      }),
    );
    const codes = await besideHot(times(50, () => ledger.ask(charge('shared', '1'))));
    isOver = true;
    await elsewhere;
    expect(codes).toEqual(times(50, 'ok'));
    expect(decisions().locked ?? 0).toBeLessThanOrEqual(50);
  });
});

describe('a batch whose decline can only guess when to retry', () => {
  /** An account of 700 credits with 99 open holds, of which the ledger knows none. @returns its id */
  async function heldAccount(): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      const id = `held${String(attempt)}`;
      await other.account(id, '700');
      await Promise.all(times(600, () => other.do(authorize(id, '1', 600))).map((ask) => ask()));
      await ledger.do(charge(id, '1'));
      decisions();
      const first = 'select id from holds where account_id = $1 order by expires_at, id limit 501';
      const holds = await books.pool.query<{ id: string }>(first, [accountOf(id).key]);
      const authorizations = holds.rows.map((row) => ({ environment: 'live', id: row.id }));
      await Promise.all(authorizations.map((authorization) => ledger.do({ type: 'void', authorization })));
      // On a machine that stands still for a moment some are voided under locks, and then the ledger has read the others.
      if (decisions().locked === undefined) return id;
    }
  }

  it('is decided on what is stored, alone', async () => {
    const id = await heldAccount();
    const codes = await besideHot([() => ledger.ask(chargeEach([id, id], '650'))]);
    expect(codes).toEqual(['ok']);
    expect(decisions()).toMatchObject({ locked: 2 });
  });

  it('is decided alone where it is all or nothing', async () => {
    const id = await heldAccount();
    const codes = await besideHot([() => ledger.ask(chargeAll([id, id], '310'))]);
    expect(codes).toEqual(['credits_held']);
    expect(decisions()).toMatchObject({ locked: 2 });
  });

  it('leaves nobody without an answer who was to share its transaction', async () => {
    const { authorization } = await ledger.do(authorize('hot', '1'));
    const id = await heldAccount();
    const together = [ledger.ask(commit(authorization.id, '1')), ledger.ask(chargeEach([id, id], '650'))];
    expect((await Promise.all(together)).map(({ code }) => code)).toEqual(['ok', 'ok']);
  });
});
