import { accountKey, DEFAULT_TERMS, ownRulesFrom, type AccountRef, type OwnRulesJson } from '#ledger';
import { connect, type Pool } from '#database';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { StillClock } from '../../../test/support/still-clock.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorizeFor, chargeFor } from '../testing/budget-commands.ts';
import { createGrant, extendBy, voidHold } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const ACCOUNT: AccountRef = { environment: 'test', id: 'acme', key: accountKey('test', 'acme') };
const MINUTE_MS = 60_000;

let database: TestDatabase;
let clock: StillClock;
let pool: Pool;
let books: TestBooks;
/** Two processes that remember the windows of one user at most. */
let engines: readonly [TestLedger, TestLedger];

beforeEach(async () => {
  database = await createTestDatabase();
  clock = await StillClock.stop(database.url, Date.now());
  books = new TestBooks(database.url);
  pool = connect(database.url, { connectionsMax: 1, log: () => undefined });
  const start = (): TestLedger => new TestLedger(database.url, { windowsMax: 1, passed: clock.passed });
  engines = [start(), start()];
  const [one] = engines;
  await one.do<'create_account'>({ type: 'create_account', account: ACCOUNT, unit: 'credits', terms: DEFAULT_TERMS });
  await one.do({ ...createGrant('acme', '100000'), account: ACCOUNT });
});
afterEach(async () => {
  await Promise.all(engines.map((one) => one.stop()));
  await pool.end();
  await books.close();
  await database.drop();
});

async function setRules(rules: OwnRulesJson): Promise<void> {
  await engines[0].do<'set_rules'>({ type: 'set_rules', account: ACCOUNT, rules: ownRulesFrom(rules) });
}

/** How many of so many charges of 1, sent at once to both processes in turn, are let through. */
async function letThrough(user: string, count: number): Promise<number> {
  const asked = Array.from({ length: count }, (_, n) => engines[n % 2 === 0 ? 0 : 1].ask(chargeFor('acme', user, '1')));
  const codes = (await Promise.all(asked)).map(({ code }) => code);
  expect(new Set(codes)).toEqual(new Set(['ok', 'spend_rate_exceeded']));
  return codes.filter((code) => code === 'ok').length;
}

it('two processes let through exactly what the rate of each user allows, however they take turns', async () => {
  await setRules({ rate: [{ requests: 10, per: 'hour', tag: 'user' }] });
  const users = ['anna', 'ben'];
  expect(await Promise.all(users.map((user) => letThrough(user, 30)))).toEqual([10, 10]);
  // A tenth of the rate comes back in six minutes, and not a millisecond earlier.
  await clock.advance(pool, 6 * MINUTE_MS - 1);
  expect((await engines[1].ask(chargeFor('acme', 'anna', '1'))).code).toBe('spend_rate_exceeded');
  await clock.advance(pool, 1);
  expect(await Promise.all(users.map((user) => letThrough(user, 6)))).toEqual([1, 1]);
});

it('what one process has let through and given back under a rate of amounts, the other counts', async () => {
  await setRules({ rate: [{ amount: '20', per: 'hour' }] });
  const [one, two] = engines;
  const { authorization: held } = await one.do(authorizeFor('acme', 'anna', '15'));
  expect(await letThrough('ben', 8)).toBe(5);
  await two.do(inEnvironment('test', voidHold(held.id)));
  expect(await letThrough('ben', 18)).toBe(15);
});

it('more for a hold that is older than a rate is bounded by what the rate has let through since, in either process', async () => {
  const [one, two] = engines;
  const { authorization: held } = await one.do(authorizeFor('acme', 'anna', '1'));
  await setRules({ rate: [{ amount: '10', per: 'hour', tag: 'user' }] });
  expect(await letThrough('anna', 12)).toBe(10);
  // By now neither remembers what anna has taken.
  for (const engine of engines) await engine.do(chargeFor('acme', 'ben', '1'));
  const more = inEnvironment('test', extendBy(held.id, '1'));
  expect((await one.ask(more)).code).toBe('spend_rate_exceeded');
  expect((await two.ask(more)).code).toBe('spend_rate_exceeded');
  await clock.advance(pool, 6 * MINUTE_MS);
  expect((await two.ask(more)).code).toBe('ok');
});
