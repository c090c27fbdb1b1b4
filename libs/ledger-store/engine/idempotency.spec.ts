import type { Command } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, chargeAll, chargeEach, commit, authorize, createAccount, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { keyOf, render, said, TestLedger, type Said } from '../testing/test-ledger.ts';

let database: TestDatabase;
let ledger: TestLedger;
/** A second engine on the same database, as another process would run it. */
let other: TestLedger;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  other = new TestLedger(database.url);
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await Promise.all([ledger.stop(), other.stop()]);
  await books.close();
  await database.drop();
});

/** Fails unless all have got one answer, which one of them made and the others were given again. */
function mustBeOneAnswer(answers: readonly Said[]): void {
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
}

/** Submits a command 50 times to each of the two engines, all at once. */
async function storm(command: Command, key: string): Promise<Said[]> {
  const answers = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? ledger : other).submit(command, key));
  return (await Promise.all(answers)).map(said);
}

describe('an idempotency key', () => {
  it('has one effect within a batch', async () => {
    await ledger.account('a', '10');
    const answers = await Promise.all(Array.from({ length: 100 }, () => ledger.ask(charge('a', '1'), 'k')));
    mustBeOneAnswer(answers);
    expect(await books.spent('a')).toBe('1');
  });

  it('has one effect over time, also when the credits are gone', async () => {
    await ledger.account('a', '10');
    const first = await ledger.ask(charge('a', '10'), 'k');
    expect(await ledger.ask(charge('a', '10'), 'k')).toEqual({ ...first, replayed: true });
    expect(await other.ask(charge('a', '10'), 'k')).toEqual({ ...first, replayed: true });
    expect(await books.spent('a')).toBe('10');
  });

  it('has one effect over two engines at once', async () => {
    await ledger.account('a', '10');
    mustBeOneAnswer(await storm(charge('a', '1'), 'k'));
    expect(await books.spent('a')).toBe('1');
  });

  it('remembers a decline, and repeats it when there are credits again', async () => {
    await ledger.account('a', '1');
    const declined = await ledger.ask(charge('a', '5'), 'k');
    expect(declined.code).toBe('insufficient_credits');
    await ledger.do(createGrant('a', '100'));
    expect(await ledger.ask(charge('a', '5'), 'k')).toEqual({ ...declined, replayed: true });
  });

  it('is refused for another request, in the same batch and later', async () => {
    await ledger.account('a', '10');
    const [first, second] = await Promise.all([ledger.ask(charge('a', '1'), 'k'), ledger.ask(charge('a', '2'), 'k')]);
    expect(first.code).toBe('ok');
    expect(second.code).toBe('idempotency_key_reused');
    expect((await other.ask(charge('a', '3'), 'k')).code).toBe('idempotency_key_reused');
    expect(await books.spent('a')).toBe('1');
  });

  it('of a refusal that is no decline may be used again', async () => {
    expect((await ledger.ask(charge('later', '1'), 'k')).code).toBe('account_not_found');
    await ledger.account('later', '10');
    expect(await ledger.ask(charge('later', '1'), 'k')).toMatchObject({ code: 'ok', replayed: false });
  });

  it('belongs to one account: the same text under another account is another key', async () => {
    await Promise.all([ledger.account('a', '10'), ledger.account('b', '10')]);
    await ledger.do(charge('a', '1'), 'k');
    expect(await ledger.ask(charge('b', '1'), 'k')).toMatchObject({ code: 'ok', replayed: false });
  });

  it('covers a commit: repeated at both engines at once, it charges once', async () => {
    await ledger.account('a', '10');
    const { authorization } = await ledger.do(authorize('a', '5'));
    mustBeOneAnswer(await storm(commit(authorization.id, '3', false), 'k'));
    expect(await books.spent('a')).toBe('3');
  });

  it.each(['first', 'second'])('covers a batch whose %s account does not exist, and so has no lock', async (which) => {
    await ledger.account('a', '10');
    const ids = which === 'first' ? ['nobody', 'a'] : ['a', 'nobody'];
    const answers = await storm(chargeEach(ids, '1'), 'k');
    expect(answers[0]?.code).toBe('ok');
    mustBeOneAnswer(answers);
    expect(await books.spent('a')).toBe('1');
  });

  it('covers batches that name the same accounts in different orders', async () => {
    await Promise.all([ledger.account('a', '100'), ledger.account('b', '100')]);
    const answers = await Promise.all([
      storm(chargeAll(['a', 'b'], '1'), 'ab'),
      storm(chargeAll(['b', 'a'], '1'), 'ba'),
    ]);
    answers.forEach(mustBeOneAnswer);
    expect([await books.spent('a'), await books.spent('b')]).toEqual(['2', '2']);
  });
});

describe('making an account', () => {
  it('happens once, however many ask two engines for it at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? ledger : other).do(createAccount('twin'))),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(await books.count('accounts')).toBe(1);
  });

  it('happens once per key, also where each request would make an id of its own', async () => {
    const key = keyOf(createAccount(''), 'k');
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => {
        const command = createAccount(`made-${String(index)}`);
        return (index % 2 === 0 ? ledger : other).engine.submit<'create_account'>({ command, key, render });
      }),
    );
    mustBeOneAnswer(answers.map(said));
    expect(await books.count('accounts')).toBe(1);
  });

  it('is refused once for another unit or other terms, and goes to one of two that ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? ledger : other).ask(createAccount('contested', { overdraftLimit: String(index) })),
      ),
    );
    expect(answers.filter(({ code }) => code === 'ok')).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'account_exists')).toHaveLength(19);
  });
});

describe('what a key leaves behind', () => {
  it('is kept for good for a grant, in partitions that are dropped for the rest', async () => {
    await ledger.do(createAccount('a'));
    await ledger.do(createGrant('a', '10'), 'grant');
    await ledger.do(charge('a', '1'), 'charge');
    expect(await books.value('select count(*) from idempotency_keys_kept')).toBe('1');
    expect(await books.value('select count(*) from idempotency_keys')).toBe('1');
  });

  it('is found in either place: one key for a grant and a charge is one key', async () => {
    await ledger.account('a', '10');
    await ledger.do(createGrant('a', '10'), 'k1');
    expect((await ledger.ask(charge('a', '1'), 'k1')).code).toBe('idempotency_key_reused');
    await ledger.do(charge('a', '1'), 'k2');
    expect((await ledger.ask(createGrant('a', '1'), 'k2')).code).toBe('idempotency_key_reused');
    const both = await Promise.all([ledger.ask(charge('a', '1'), 'k3'), other.ask(createGrant('a', '1'), 'k3')]);
    expect(both.map(({ code }) => code).sort()).toEqual(['idempotency_key_reused', 'ok']);
  });

  it('is still found when its partition is last week’s', async () => {
    await ledger.account('a', '10');
    const first = await ledger.ask(charge('a', '1'), 'k');
    await books.pool.query(`select make_partitions(now() - interval '7 days', 0)`);
    await books.pool.query(`update idempotency_keys set created_at = created_at - interval '7 days'`);
    expect(await ledger.ask(charge('a', '1'), 'k')).toEqual({ ...first, replayed: true });
  });

  it('makes one grant of a hundred requests over two engines', async () => {
    await ledger.do(createAccount('a'));
    mustBeOneAnswer(await storm(createGrant('a', '10'), 'k'));
    expect(await books.count('grants')).toBe(1);
  });
});
