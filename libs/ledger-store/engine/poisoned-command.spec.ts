import { Amount } from '#amounts';
import type { Command } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge, createGrant } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { render, TestLedger } from '../testing/test-ledger.ts';
import { LedgerUnavailable } from './ledger-unavailable.ts';

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

const BEYOND_NUMERIC = '9'.repeat(27);

/** Submits a command in the middle of 50 charges, which must all pass, and tells how it failed. */
async function amongNeighbours(submit: () => Promise<unknown>): Promise<unknown> {
  const half = (): Promise<unknown>[] => Array.from({ length: 25 }, () => ledger.do(charge('neighbour', '1')));
  const before = half();
  const poisoned = submit();
  const after = half();
  const failure = await poisoned.then(
    () => null,
    (error: unknown) => error,
  );
  await Promise.all([...before, ...after]);
  expect(await books.spent('neighbour')).toBe('50');
  return failure;
}

describe('a command that cannot be written', () => {
  it.each<[string, () => Command]>([
    ['text that Postgres does not take', () => charge('bad', '1', { note: 'a\0b' })],
    ['half of a surrogate pair', () => charge('bad', '1', { note: '\ud800' })],
    ['an amount beyond NUMERIC', () => createGrant('bad', BEYOND_NUMERIC)],
    ['a value that is no number', () => ({ ...createGrant('bad', '1'), amount: new Amount(NaN) })],
    ['a time that is no time', () => ({ ...createGrant('bad', '1'), effectiveAt: NaN })],
  ])('fails alone for %s', async (_, command) => {
    await ledger.account('neighbour', '100');
    await ledger.account('bad', '100');
    const failure = await amongNeighbours(() => ledger.submit(command()));

    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(LedgerUnavailable);
    expect(await books.spent('bad')).toBe('0');
  });

  it('fails alone where its answer cannot be rendered', async () => {
    await ledger.account('neighbour', '100');
    await ledger.account('bad', '100');
    const fault = new Error('no view for this');
    const failure = await amongNeighbours(() =>
      ledger.engine.submit({
        command: charge('bad', '1'),
        key: null,
        render: () => {
          throw fault;
        },
      }),
    );
    expect(failure).toBe(fault);
    expect(await books.spent('bad')).toBe('0');
  });

  it('fails alone in the very first batch of a connection, which goes on to serve the next ones', async () => {
    await ledger.account('neighbour', '100');
    await ledger.account('bad', '100');
    await ledger.stop();
    ledger = new TestLedger(database.url);
    await amongNeighbours(() => ledger.submit(charge('bad', '1', { note: '\0' })));
    await ledger.do(charge('bad', '1'));
    expect(await books.spent('bad')).toBe('1');
  });

  it('does not use up its key', async () => {
    await ledger.account('bad', '100');
    await expect(ledger.submit(charge('bad', '1', { note: '\0' }), 'once')).rejects.toThrow();
    expect(await ledger.ask(charge('bad', '1'), 'once')).toMatchObject({ code: 'ok', replayed: false });
  });

  it('fails alone when many of its kind share the batch', async () => {
    await ledger.account('neighbour', '100');
    await ledger.account('bad', '100');
    const submissions = Array.from({ length: 60 }, (_, index) =>
      index % 6 === 3
        ? ledger.submit(charge('bad', '1', { note: '\0' }))
        : ledger.engine.submit({ command: charge('neighbour', '1'), key: null, render }),
    );
    const ends = await Promise.allSettled(submissions);
    expect(ends.map(({ status }) => status)).toEqual(
      ends.map((_, index) => (index % 6 === 3 ? 'rejected' : 'fulfilled')),
    );
    expect(await books.spent('neighbour')).toBe('50');
    expect(await books.spent('bad')).toBe('0');
  });
});
