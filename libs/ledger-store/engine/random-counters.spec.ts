import { connect, type Pool } from '#database';
import type { Usage } from '#ledger';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { TestClocks } from '../clocks/test-clocks.ts';
import { advanceClock } from '../testing/advance-clock.ts';
import { createGrant, voidHold } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { PricedEngines } from '../testing/priced-engines.ts';
import { TestBooks } from '../testing/test-books.ts';
import type { TestLedger } from '../testing/test-ledger.ts';
import {
  adjustUsage,
  authorizeUsage,
  chargeUsage,
  commitUsage,
  createPricedAccount,
} from '../testing/usage-commands.ts';

const HOUR_MS = 60 * 60 * 1000;
const QUANTITIES = ['tokens', 'pages', 'images'] as const;
type Quantity = (typeof QUANTITIES)[number];
type Amounts = Readonly<Record<Quantity, number>>;

/** 10 tokens of a month cost 1 each and all further ones 2, 5 pages of a day are included, images cost 1 from the fourth on. */
const PRICES = [
  {
    event: 'chat',
    components: [
      {
        quantity: 'tokens',
        pricing: 'graduated',
        counted: 'month',
        tiers: [{ up_to: '10', amount: '1' }, { amount: '2' }],
      },
      { quantity: 'pages', amount: '1', included: '5', counted: 'day' },
      { quantity: 'images', amount: '1', included: '3', counted: 'total' },
    ],
  },
];
const COST: Readonly<Record<Quantity, (used: number) => number>> = {
  tokens: (used) => used + Math.max(0, used - 10),
  pages: (used) => Math.max(0, used - 5),
  images: (used) => Math.max(0, used - 3),
};
const WINDOW: Readonly<Record<Quantity, (at: number) => string>> = {
  tokens: (at) => new Date(at).toISOString().slice(0, 7),
  pages: (at) => new Date(at).toISOString().slice(0, 10),
  images: () => 'ever',
};

let database: TestDatabase;
let engines: PricedEngines;
let books: TestBooks;
let pool: Pool;
let both: readonly [TestLedger, TestLedger];
let card: string;

beforeEach(async () => {
  database = await createTestDatabase();
  engines = await PricedEngines.open(database.url);
  both = [engines.start(), engines.start()];
  books = new TestBooks(database.url);
  pool = connect(database.url, {
    connectionsMax: 2,
    pipeline: true,
    settings: { role: 'purser_app' },
    log: () => undefined,
  });
  card = await engines.card(PRICES);
});
afterEach(async () => {
  await engines.close();
  await pool.end();
  await books.close();
  await database.drop();
});

/** An authorization as the reference knows it. */
interface Made {
  readonly id: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  status: 'open' | 'committed' | 'voided';
  net: number;
  used: Record<Quantity, number>;
  readonly first: Partial<Record<Quantity, number>>;
}

/** One account, what was done to it, and the same as plain lists. */
class World {
  readonly made: Made[] = [];

  constructor(readonly account: string) {}

  /** Used so far in the window of that instant. */
  used(quantity: Quantity, at: number): number {
    const window = WINDOW[quantity](at);
    return this.made
      .filter(({ createdAt }) => WINDOW[quantity](createdAt) === window)
      .reduce((sum, { used }) => sum + used[quantity], 0);
  }

  /** @returns what it costs */
  use(made: Made, amounts: Amounts): number {
    let cost = 0;
    for (const quantity of QUANTITIES) {
      const count = amounts[quantity];
      const position = this.used(quantity, made.createdAt);
      if (count > 0) made.first[quantity] ??= position;
      cost += COST[quantity](position + count) - COST[quantity](position);
      made.used[quantity] += count;
    }
    return cost;
  }

  /** @returns what all of it costs */
  correct(made: Made, amounts: Amounts): number {
    let cost = 0;
    for (const quantity of QUANTITIES) {
      const first = made.first[quantity] ?? this.used(quantity, made.createdAt);
      if (amounts[quantity] > 0) made.first[quantity] = first;
      cost += COST[quantity](first + amounts[quantity]) - COST[quantity](first);
      made.used[quantity] = amounts[quantity];
    }
    return cost;
  }
}

const usageOf = (amounts: Amounts): Usage[] => [{ event: 'chat', ...amounts }];
const NOTHING = { tokens: 0, pages: 0, images: 0 };

let aheadMs = 0;
const now = (): number => Date.now() + aheadMs;

async function travel(milliseconds: number): Promise<void> {
  aheadMs += milliseconds;
  await advanceClock(new TestClocks(pool), 'test', milliseconds);
}

type Step = (world: World, by: TestLedger) => Promise<void>;

function enter(
  world: World,
  { id, createdAt, expiresAt }: Pick<Made, 'id' | 'createdAt' | 'expiresAt'>,
  status: Made['status'],
): Made {
  const made: Made = { id, createdAt, expiresAt, status, net: 0, used: { ...NOTHING }, first: {} };
  world.made.push(made);
  return made;
}

const amounts = fc.record({
  tokens: fc.nat({ max: 7 }),
  pages: fc.nat({ max: 4 }),
  images: fc.nat({ max: 2 }),
});
const index = fc.nat({ max: 20 });

const hold = fc
  .tuple(amounts, fc.constantFrom(1800, 24 * 3600))
  .map(([most, holdSeconds]): Step => async (world, by) => {
    const { authorization } = await by.do(authorizeUsage(world.account, usageOf(most), holdSeconds));
    enter(world, authorization, 'open');
  });
const charge = amounts.map((used): Step => async (world, by) => {
  const { authorization } = await by.do(chargeUsage(world.account, usageOf(used)));
  const made = enter(world, authorization, 'committed');
  made.net = world.use(made, used);
  expect(authorization.committed).toBe(String(made.net));
});
const commit = fc.tuple(index, amounts, fc.boolean()).map(([at, used, final]): Step => async (world, by) => {
  const made = world.made[at % world.made.length];
  if (made?.status !== 'open' || now() >= (made.expiresAt ?? 0) + 24 * HOUR_MS) return;
  const isLate = now() >= (made.expiresAt ?? 0);
  const { authorization } = await by.do(commitUsage(made.id, usageOf(used), final));
  made.net += world.use(made, used);
  if (final || isLate) made.status = 'committed';
  expect(authorization.committed).toBe(String(made.net));
});
const release = index.map((at): Step => async (world, by) => {
  const made = world.made[at % world.made.length];
  if (made?.status !== 'open' || now() >= (made.expiresAt ?? 0)) return;
  await by.do(inEnvironment('test', voidHold(made.id)));
  made.status = 'voided';
});
const adjust = fc.tuple(index, amounts).map(([at, used]): Step => async (world, by) => {
  const made = world.made[at % world.made.length];
  if (made?.status !== 'committed') return;
  const { authorization } = await by.do(adjustUsage(made.id, usageOf(used)));
  made.net = world.correct(made, used);
  expect(Number(authorization.committed) - Number(authorization.refunded)).toBe(made.net);
});
const wait = fc.constantFrom(1, 1, 26, 20 * 24).map(
  (hours): Step =>
    () =>
      travel(hours * HOUR_MS),
);

const step = fc.oneof(
  ...[hold, charge, commit].map((arbitrary) => ({ weight: 4, arbitrary })),
  { weight: 2, arbitrary: adjust },
  ...[release, wait].map((arbitrary) => ({ weight: 1, arbitrary })),
);

async function usedInDatabase(account: string): Promise<string> {
  return books.value(
    `select string_agg(trim_scale(used)::text, ' ' order by used) from counters c join accounts a using (account_id)
      where external_id = $1 and used > 0`,
    [account],
  );
}

it('counters charge and stand as plain lists say, in two processes, over months', async () => {
  let accounts = 0;
  aheadMs = 0;
  const steps = fc.array(fc.tuple(step, fc.constantFrom(0, 1)), { minLength: 30, maxLength: 60 });
  const property = fc.asyncProperty(steps, async (all) => {
    const world = new World(`account-${String((accounts += 1))}`);
    await both[0].do(createPricedAccount(world.account, card));
    await both[0].do(inEnvironment('test', createGrant(world.account, '1000000')));
    for (const [one, by] of all) await one(world, both[by === 0 ? 0 : 1]);
    const windows = new Map<string, number>();
    for (const { createdAt, used } of world.made) {
      for (const quantity of QUANTITIES) {
        const name = `${quantity} ${WINDOW[quantity](createdAt)}`;
        windows.set(name, used[quantity] + (windows.get(name) ?? 0));
      }
    }
    const expected = [...windows.values()].filter((used) => used > 0).sort((a, b) => a - b);
    expect(await usedInDatabase(world.account)).toBe(expected.length === 0 ? null : expected.join(' '));
  });
  await fc.assert(property, { numRuns: 12, endOnFailure: true });
});
