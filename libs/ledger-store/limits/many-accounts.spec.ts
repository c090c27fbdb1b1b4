import { Amount } from '#amounts';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { charge } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { LimitedLedgers, type LimitedLedger } from '../testing/limited-ledgers.ts';
import { brokenPromises } from '../testing/shares-of.ts';
import { TestBooks } from '../testing/test-books.ts';

let database: TestDatabase;
let ledgers: LimitedLedgers;
let processes: readonly LimitedLedger[];
let books: TestBooks;

beforeEach(async () => {
  database = await createTestDatabase();
  ledgers = new LimitedLedgers(database.url);
  processes = [await ledgers.open(), await ledgers.open()];
  books = new TestBooks(database.url);
});
afterEach(async () => {
  await ledgers.close();
  await books.close();
  await database.drop();
});

const LIMIT = 10_000;
const ACCOUNTS = 1_000;
const CALLERS = 200;
/** A caller goes away after as many refusals in a row. */
const PATIENCE = 5;

/** 0 where the request didn't fit into what was left. */
function leftAtRefusal(body: string, amount: number): number {
  const { limit, spent, held } = JSON.parse(body) as Record<'limit' | 'spent' | 'held', string>;
  const left = Number(limit) - Number(spent) - Number(held);
  return left < amount ? 0 : left;
}

it('200 callers spend a key’s limit over 1,000 accounts to the last credit', async () => {
  const [first] = processes;
  if (!first) throw new Error('there is no process');
  const names = Array.from({ length: ACCOUNTS }, (_, n) => `account ${n}`);
  await Promise.all(names.map((name) => first.ledger.account(name, '1000')));
  const keyId = await ledgers.limitKey(first, String(LIMIT));
  let spent = 0;
  /** What had been neither spent nor held when a request was refused that would have fitted. */
  let leftTooEarly = 0;
  const caller = async (index: number): Promise<void> => {
    const { ledger } = processes[index % 2] ?? first;
    let refusals = 0;
    for (let round = 0; refusals < PATIENCE; round += 1) {
      const amount = 1 + ((index + round) % 3);
      const account = names[(index * 7919 + round * 104_729) % ACCOUNTS] ?? '';
      const { code, body } = await ledger.ask({ ...charge(account, String(amount)), keyId });
      if (code === 'ok') {
        spent += amount;
        refusals = 0;
      } else {
        expect(code).toBe('key_limit_exceeded');
        leftTooEarly = Math.max(leftTooEarly, leftAtRefusal(body, amount));
        refusals += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, (_, index) => caller(index)));
  // What is left is less than the last callers asked for, or was given back right after somebody had looked for it.
  await eventually(async () => {
    if ((await first.ledger.ask({ ...charge(names[0] ?? '', '1'), keyId })).code === 'ok') spent += 1;
    return spent === LIMIT;
  }, 'all of the limit is spent');
  expect(leftTooEarly).toBeLessThanOrEqual(LIMIT * 0.005);
  expect(await books.value('select trim_scale(sum(used)) from counters')).toBe(String(LIMIT));
  expect(new Amount(await books.value('select granted from span_limit_windows')).toFixed()).toBe(String(LIMIT));
  expect(await brokenPromises(books)).toBe('');
}, 120_000);
