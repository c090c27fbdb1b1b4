import { connect, type Pool } from '#database';
import { accountKey, type Command, type CommandType } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { AccountReader } from '../read/account-reader.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { authorize, charge, commit, createAccount, createGrant } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import { closeAccounts, type ClosedRow } from './close-accounts.ts';

const SECOND_MS = 1000;
const HOUR_MS = 60 * 60 * SECOND_MS;
const ENVIRONMENT = 'test';
const ACME = { environment: ENVIRONMENT, id: 'acme', key: accountKey(ENVIRONMENT, 'acme') };

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;
let pool: Pool;
let clocks: TestClocks;
let accounts: AccountReader;

beforeEach(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
  const settings = { role: 'purser_app' };
  pool = connect(database.url, { connectionsMax: 2, pipeline: true, settings, log: () => undefined });
  clocks = new TestClocks(pool);
  accounts = new AccountReader(pool);
});
afterEach(async () => {
  await ledger.stop();
  await pool.end();
  await books.close();
  await database.drop();
});

const inTest = <T extends CommandType>(command: Command<T>): Command<T> => inEnvironment(ENVIRONMENT, command);

const advance = (milliseconds: number): Promise<void> => advanceClock(clocks, ENVIRONMENT, milliseconds);

/** Closes all that there is, so many rows at a time. */
async function close(rowsMax: number, account = ACME.key, closingsMax = Number.POSITIVE_INFINITY): Promise<void> {
  const before = new Date(Date.now() + HOUR_MS);
  for (let count = 0; count < closingsMax; count += 1) {
    const { rows } = await books.pool.query<ClosedRow>(closeAccounts({ accounts: [account], before, rowsMax }));
    if (!rows.some(({ more }) => more)) return;
  }
}

interface Shown {
  readonly at: number;
  readonly posted: string;
  readonly held: string;
  readonly debt: string;
}

async function shownNow(): Promise<Shown> {
  return shown(await accounts.find(ACME));
}

async function shownAt(at: number): Promise<Shown> {
  return shown(await accounts.findAt(ACME, at));
}

function shown(reading: Awaited<ReturnType<AccountReader['findAt']>>): Shown {
  if (reading === null || reading === 'future') throw new Error(`the account is ${String(reading)}`);
  const { account, balance, asOf } = reading;
  return {
    at: asOf,
    posted: balance.posted.toFixed(),
    held: balance.held.toFixed(),
    debt: account.debt.toFixed(),
  };
}

async function now(): Promise<number> {
  return (await clocks.read(ENVIRONMENT)).now;
}

/** What may happen to an account, chosen at random. Whatever is refused changes nothing. */
class History {
  private readonly authorizations: string[] = [];
  private readonly grants: string[] = [];

  /** @param pick the next of some random numbers from 0 to 2^16 */
  constructor(private readonly pick: () => number) {}

  async happen(): Promise<void> {
    const amount = String(1 + (this.pick() % 9));
    const authorization = { environment: ENVIRONMENT, id: this.oneOf(this.authorizations) };
    const grant = { environment: ENVIRONMENT, id: this.oneOf(this.grants) };
    switch (this.pick() % 12) {
      case 0:
      case 1:
        return this.grant(amount);
      case 2:
        return this.ask({ type: 'void_grant', grant });
      case 3:
      case 4:
      case 5:
        return this.note(this.authorizations, authorize('acme', amount, 60 + (this.pick() % 7200)));
      case 6:
        return this.note(this.authorizations, charge('acme', amount));
      case 7:
        return this.ask(commit(authorization.id, amount));
      case 8:
        return this.ask(commit(authorization.id, amount, false));
      case 9:
        return this.ask({ type: 'void', authorization });
      case 10:
        return this.ask({ type: 'extend', authorization, amount: null, holdSeconds: 60 + (this.pick() % 86_000) });
      default:
        return this.ask({ type: 'refund', authorization, amount: null, reason: null });
    }
  }

  private async grant(amount: string): Promise<void> {
    const instant = await now();
    const effectiveAt = this.pick() % 3 === 0 ? instant + (this.pick() % 5) * HOUR_MS : null;
    const expiresAt = this.pick() % 2 === 0 ? instant + 6 * HOUR_MS + (this.pick() % 9) * HOUR_MS : null;
    await this.note(this.grants, {
      ...createGrant('acme', `${amount}0`, expiresAt),
      effectiveAt,
      priority: this.pick() % 3,
    });
  }

  private async ask(command: Command): Promise<void> {
    await ledger.ask(inTest(command));
  }

  /** Asks, and keeps the id of what was made. */
  private async note(ids: string[], command: Command): Promise<void> {
    const { code, body } = await ledger.ask(inTest(command));
    if (code !== 'ok') return;
    const made = JSON.parse(body) as Record<string, { id: string } | undefined>;
    ids.push((made['authorization'] ?? made['grant'])?.id ?? '');
  }

  private oneOf(ids: readonly string[]): string {
    return ids.at(-1 - (this.pick() % Math.min(12, Math.max(1, ids.length)))) ?? '01890a5d-ac96-774b-bcce-b302099a8057';
  }
}

describe('a balance of the past', () => {
  it('is what was reported then, wherever the account was closed, and without closings', async () => {
    await ledger.do(inTest(createAccount('acme', { overdraftLimit: '30' })));
    const numbers = fc.sample(fc.nat({ max: 2 ** 16 }), { numRuns: 4000, seed: 20261128 });
    let at = 0;
    const pick = (): number => numbers[(at += 1) % numbers.length] ?? 0;
    const history = new History(pick);
    const reported: Shown[] = [];
    for (let step = 0; step < 160; step += 1) {
      await history.happen();
      // What is due by then is booked by the next decision, if there is one before the account is closed again.
      await advance(SECOND_MS + (pick() % 20 === 0 ? pick() * 600 : pick()));
      reported.push(await shownNow());
      if (pick() % 4 === 0) await close(1 + (pick() % 6), ACME.key, pick() % 3);
    }
    const recomputed = (): Promise<Shown[]> => Promise.all(reported.map(({ at: instant }) => shownAt(instant)));
    const closings = (which = 'true'): Promise<string> => books.value(`select count(*) from closings where ${which}`);

    expect(await recomputed()).toEqual(reported);
    expect(Number(await closings())).toBeGreaterThan(20);
    expect(Number(await closings(`open_authorizations <> '{}'`))).toBeGreaterThan(10);
    expect(Number(await closings(`scheduled_credits <> '{}'`))).toBeGreaterThan(5);
    expect(new Set(reported.map(({ posted, held }) => `${posted} ${held}`)).size).toBeGreaterThan(60);

    await books.pool.query('delete from closings');
    expect(await recomputed()).toEqual(reported);
    await close(2);
    expect(await recomputed()).toEqual(reported);
  }, 120_000);

  it('counts what is booked after a closing as of an instant before it', async () => {
    await ledger.do(inTest(createAccount('acme')));
    await ledger.do(inTest(createGrant('acme', '10')));
    const end = (await now()) + HOUR_MS;
    await ledger.do(inTest(createGrant('acme', '5', end)));
    await advance(2 * HOUR_MS);
    await close(10);
    await ledger.do(inTest(charge('acme', '1')));
    const posted = async (at: number): Promise<string> => (await shownAt(at)).posted;
    const throughout = async (): Promise<string[]> => [
      await posted(end - 1),
      await posted(end),
      await posted(await now()),
    ];
    expect(await throughout()).toEqual(['15', '10', '9']);
    await close(10);
    expect(await throughout()).toEqual(['15', '10', '9']);
    expect(await books.value(`select count(*) from closings`)).toBe('2');
  });

  it('is right again with the next closing where the clock of the database was set back', async () => {
    await ledger.account('beta', '10');
    await ledger.do(charge('beta', '1'));
    await close(10, accountKey('live', 'beta'));
    const late = await ledgerOfThePast(3);
    await late.do(createGrant('beta', '5'));
    await late.stop();
    await close(10, accountKey('live', 'beta'));
    const then = await accounts.findAt(
      { environment: 'live', id: 'beta', key: accountKey('live', 'beta') },
      Date.now() - 2 * HOUR_MS,
    );
    expect(shown(then)).toMatchObject({ posted: '5', held: '0' });
  });
});

/** A process whose database's clock is some hours behind. */
async function ledgerOfThePast(hours: number): Promise<TestLedger> {
  await books.pool.query(`
    create schema past;
    grant usage on schema past to public;
    create function past.clock_timestamp() returns timestamptz language sql stable
      as $$ select pg_catalog.clock_timestamp() - interval '${hours} hours' $$`);
  const name = new URL(database.url).pathname.slice(1);
  await books.pool.query(`alter database ${name} set search_path = past, pg_catalog, public`);
  const late = new TestLedger(database.url);
  // It opens its connection here, and is the only one that does.
  await late.ask(charge('nobody', '1'));
  await books.pool.query(`alter database ${name} reset search_path`);
  return late;
}
