import { connect, type Pool } from '#database';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { authorizeFor, chargeFor, putBudget } from '../testing/budget-commands.ts';
import { commit, createAccount, createGrant, voidHold } from '../testing/commands.ts';
import { FaultyWire } from '../testing/faulty-wire.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const HOUR_MS = 60 * 60 * 1000;
const DAILY = 20;
const TOTAL = 50;
const USERS = ['anna', 'ben', 'carl', 'dora', 'emil'];

let database: TestDatabase;
let books: TestBooks;
let pool: Pool;
let wire: FaultyWire;
let engines: Engines;

/** Two processes that remember the windows of two users at most. Either may be killed, and another takes its place. */
class Engines {
  private readonly running = [this.start(), this.start()];

  constructor(private readonly url: string) {}

  of(place: number): TestLedger {
    return this.running[place] as TestLedger;
  }

  async restart(place: number): Promise<void> {
    await this.of(place).stop();
    this.running[place] = this.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.map((one) => one.stop()));
  }

  private start(): TestLedger {
    return new TestLedger(this.url, { windowsMax: 2 });
  }
}

beforeEach(async () => {
  database = await createTestDatabase();
  books = new TestBooks(database.url);
  wire = await FaultyWire.to(database.url);
  engines = new Engines(wire.url);
  pool = connect(database.url, {
    connectionsMax: 2,
    pipeline: true,
    settings: { role: 'purser_app' },
    log: () => undefined,
  });
});
afterEach(async () => {
  await engines.stop();
  await wire.close();
  await pool.end();
  // Fails unless every counter is what its authorizations say.
  await books.close();
  await database.drop();
});

/** An authorization as the reference knows it. */
interface Made {
  readonly id: string;
  readonly user: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  status: 'open' | 'committed' | 'voided';
  held: number;
  used: number;
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;

/** One account, what was done to it, and the same as plain lists. */
class World {
  readonly made: Made[] = [];
  private requests = 0;

  constructor(readonly account: string) {}

  /** A client's key. */
  key(): string {
    return `${this.account}/${String((this.requests += 1))}`;
  }

  /** The budget that declines a request of a user for that much, if any. */
  declinedBy(user: string, amount: number): string | null {
    const own = this.made.filter((one) => one.user === user);
    const today = own.filter(({ createdAt }) => dayOf(createdAt) === dayOf(now()));
    if (sum(today) + amount > DAILY) return 'daily';
    return sum(own) + amount > TOTAL ? 'total' : null;
  }

  /** What each user's windows have, in order. */
  windows(): string[] {
    const windows = new Map<string, number>();
    for (const { user, createdAt, used } of this.made) {
      for (const name of [`daily ${user} ${dayOf(createdAt)}`, `total ${user} 1970-01-01`]) {
        windows.set(name, (windows.get(name) ?? 0) + used);
      }
    }
    return [...windows].map(([name, used]) => `${name} ${String(used)}`).sort();
  }
}

function isHeld({ status, expiresAt }: Made): boolean {
  return status === 'open' && now() < (expiresAt ?? 0);
}

function sum(made: readonly Made[]): number {
  return made.reduce((total, one) => total + one.used + (isHeld(one) ? one.held : 0), 0);
}

type Step = (world: World, place: number) => Promise<void>;

const user = fc.constantFrom(...USERS);
const index = fc.nat({ max: 30 });

/** Asks for credits, and expects the answer that the lists give. */
async function ask(
  world: World,
  place: number,
  { who, amount, holdSeconds }: { who: string; amount: number; holdSeconds: number | null },
): Promise<void> {
  const declinedBy = world.declinedBy(who, amount);
  const by = engines.of(place);
  const key = world.key();
  const { code, body } =
    holdSeconds === null
      ? await by.ask(chargeFor(world.account, who, String(amount)), key)
      : await by.ask(authorizeFor(world.account, who, String(amount), holdSeconds), key);
  if (code !== 'ok') {
    expect([code, (JSON.parse(body) as { name: string }).name]).toEqual(['budget_exceeded', declinedBy]);
    return;
  }
  expect(declinedBy).toBeNull();
  const { authorization } = JSON.parse(body) as { authorization: Pick<Made, 'id' | 'createdAt' | 'expiresAt'> };
  const { id, createdAt, expiresAt } = authorization;
  const isCharge = holdSeconds === null;
  const status = isCharge ? 'committed' : 'open';
  world.made.push({
    id,
    user: who,
    createdAt,
    expiresAt,
    status,
    held: isCharge ? 0 : amount,
    used: isCharge ? amount : 0,
  });
}

const hold = fc
  .record({ who: user, amount: fc.integer({ min: 1, max: 8 }), holdSeconds: fc.constantFrom(1800, 24 * 3600) })
  .map(
    (request): Step =>
      (world, place) =>
        ask(world, place, request),
  );
const charge = fc.record({ who: user, amount: fc.integer({ min: 1, max: 6 }), holdSeconds: fc.constant(null) }).map(
  (request): Step =>
    (world, place) =>
      ask(world, place, request),
);
const settle = fc
  .tuple(index, fc.nat({ max: 9 }), fc.boolean())
  .map(([at, used, final]): Step => async (world, place) => {
    const made = world.made[at % world.made.length];
    if (made?.status !== 'open' || now() >= (made.expiresAt ?? 0) + 24 * HOUR_MS || (used === 0 && !final)) return;
    const isLate = !isHeld(made);
    const command = inEnvironment('test', commit(made.id, String(used), final));
    await engines.of(place).do(command, world.key());
    made.used += used;
    made.held = Math.max(0, made.held - used);
    if (final || isLate) made.status = 'committed';
  });
const release = index.map((at): Step => async (world, place) => {
  const made = world.made[at % world.made.length];
  if (!made || !isHeld(made)) return;
  await engines.of(place).do(inEnvironment('test', voidHold(made.id)), world.key());
  made.status = 'voided';
});
const refund = index.map((at): Step => async (world, place) => {
  const made = world.made[at % world.made.length];
  if (made?.status !== 'committed' || made.used === 0) return;
  const authorization = { environment: 'test', id: made.id };
  await engines.of(place).do({ type: 'refund', authorization, amount: null, reason: null }, world.key());
  made.used = 0;
});
const wait = fc.constantFrom(1, 1, 26).map((hours): Step => async () => {
  aheadMs += hours * HOUR_MS;
  await advanceClock(new TestClocks(pool), 'test', hours * HOUR_MS);
});
const restart = fc.constant<Step>((_, place) => engines.restart(place));
/** The answer of the next commit doesn't come; the client asks again with the same key. */
const lose = fc
  .record({ who: user, amount: fc.integer({ min: 1, max: 6 }), fault: fc.constantFrom('lost', 'answer lost') })
  .map(({ who, amount, fault }): Step => async (world, place) => {
    const declinedBy = world.declinedBy(who, amount);
    if (declinedBy !== null) return;
    const key = world.key();
    wire.failNextCommit(fault);
    const command = chargeFor(world.account, who, String(amount));
    await Promise.allSettled([engines.of(place).do(command, key)]);
    const { authorization } = await engines.of(1 - place).do(command, key);
    const { id, createdAt } = authorization;
    world.made.push({ id, user: who, createdAt, expiresAt: null, status: 'committed', held: 0, used: amount });
  });

const step = fc.oneof(
  ...[hold, charge, settle].map((arbitrary) => ({ weight: 6, arbitrary })),
  ...[release, refund, wait].map((arbitrary) => ({ weight: 2, arbitrary })),
  ...[restart, lose].map((arbitrary) => ({ weight: 1, arbitrary })),
);

it('windows of users decline and stand as plain lists say, in two processes that forget and are killed', async () => {
  let accounts = 0;
  aheadMs = 0;
  const steps = fc.array(fc.tuple(step, fc.constantFrom(0, 1)), { minLength: 30, maxLength: 60 });
  const property = fc.asyncProperty(steps, async (all) => {
    const world = new World(`account-${String((accounts += 1))}`);
    const by = engines.of(0);
    await by.do(inEnvironment('test', createAccount(world.account)));
    await by.do(inEnvironment('test', createGrant(world.account, '1000000')));
    await by.do(putBudget(world.account, 'daily', { amount: String(DAILY), per: 'user' }));
    await by.do(putBudget(world.account, 'total', { amount: String(TOTAL), per: 'user', period: 'total' }));
    for (const [one, place] of all) await one(world, place);
    const { rows } = await books.pool.query<{ shown: string }>(
      `select format('%s %s %s %s', c.name, value, to_char(window_start at time zone 'UTC', 'YYYY-MM-DD'), trim_scale(used)) as shown
        from counters c join accounts a using (account_id) where external_id = $1`,
      [world.account],
    );
    expect(rows.map(({ shown }) => shown).sort()).toEqual(world.windows());
  });
  await fc.assert(property, { numRuns: 10, endOnFailure: true });
});
