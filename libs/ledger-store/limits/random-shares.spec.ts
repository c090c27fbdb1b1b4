import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, charge, chargeAll, commit, voidHold } from '../testing/commands.ts';
import { eventually } from '../testing/eventually.ts';
import { LimitedLedgers, type LimitedLedger } from '../testing/limited-ledgers.ts';
import { brokenPromises } from '../testing/shares-of.ts';
import { TestBooks } from '../testing/test-books.ts';
import { maintainLimits } from './maintain-limits.ts';

let database: TestDatabase;
let ledgers: LimitedLedgers;
let processes: readonly [LimitedLedger, LimitedLedger];
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

/** The same numbers each time, from 0 to less than 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const ACCOUNTS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WORKERS = 16;
const STEPS = 30;
const KILLS = 12;

it('whatever two processes ask for, and whichever connections are lost, no more is authorized than the limit allows', async () => {
  const [first] = processes;
  for (const account of ACCOUNTS) await first.ledger.account(account, '10000');
  await ledgers.limit(first, '300');
  let isOver = false;

  const worker = async (index: number): Promise<void> => {
    const random = numbers(index + 1);
    const pick = (): string => ACCOUNTS[Math.floor(random() * ACCOUNTS.length)] ?? '';
    const open: string[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const { ledger } = processes[random() < 0.5 ? 0 : 1];
      const amount = String(1 + Math.floor(random() * 9));
      const kind = random();
      try {
        if (kind < 0.45) {
          const said = await ledger.ask(authorize(pick(), amount));
          if (said.code === 'ok')
            open.push((JSON.parse(said.body) as { authorization: { id: string } }).authorization.id);
        } else if (kind < 0.6) await ledger.ask(charge(pick(), amount));
        else if (kind < 0.65) await ledger.ask(chargeAll([pick(), pick()], amount));
        else {
          const id = open.shift();
          if (id === undefined) continue;
          if (kind < 0.85) {
            await ledger.ask(commit(id, String(Math.floor(random() * 10))));
          } else await ledger.ask(voidHold(id));
        }
      } catch {
        // The connection was lost. What became of it shows in the books.
      }
    }
  };
  const killer = async (): Promise<void> => {
    for (let kill = 0; kill < KILLS && !isOver; kill += 1) {
      await books.value(`
        select coalesce(max(pg_terminate_backend(pid)::int), 0) from (
          select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            and query ~ 'span_limit|commit|lock_accounts|begin' order by random() limit 1
        ) victim`);
      expect(await brokenPromises(books)).toBe('');
      await maintainLimits(first.ledger.engine, first.pool).catch(() => undefined);
    }
  };
  const killing = killer();
  await Promise.all(Array.from({ length: WORKERS }, (_, index) => worker(index)));
  isOver = true;
  await killing;

  expect(await brokenPromises(books)).toBe('');
  expect(
    await books.value('select coalesce(sum(reserved), 0) = (select coalesce(sum(held), 0) from holds) from counters'),
  ).toBe('true');
  // Nothing is lost to the limit either: what isn't spent or held can be spent to the last credit.
  const left = (): Promise<string> =>
    books.value(`select trim_scale(greatest(300 - coalesce(sum(used + reserved), 0), 0)) from counters`);
  await eventually(async () => {
    if ((await left()) === '0') return true;
    await processes[1].ledger.ask(charge('a', await left())).catch(() => undefined);
    return (await left()) === '0';
  }, 'all of the limit is spent');
  expect(await brokenPromises(books)).toBe('');
}, 120_000);
