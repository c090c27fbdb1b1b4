import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Amount, formatAmount } from '#amounts';
import type { Period } from '#calendar';
import type { Count, Positions } from '#pricing';
import type { Authorization } from '../authorization.ts';
import type { AccountState } from '../state.ts';
import type { Named } from '../testing/fixture-options.ts';
import { accountRef, ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { must } from '../testing/must.ts';
import { refusalOf } from '../testing/refused.ts';
import type { DecisionContext } from './context.ts';
import { correctUsed, firstPositionsOf, positionsOf, reserve, useReserved } from './count.ts';

const DAY = 24 * 60 * 60;
const MONTHLY = { id: '00000000-0000-4000-8000-00000000000a', period: 'month' } as const;
const DAILY = { id: '00000000-0000-4000-8000-00000000000b', period: 'day' } as const;
const EVER = { id: '00000000-0000-4000-8000-00000000000c', period: 'total' } as const;

type Counted = { readonly id: string; readonly period: Extract<Period, 'day' | 'month' | 'total'> };

function ledger(time = '2026-03-31T23:00:00Z', timeZone = 'UTC'): LedgerFixture {
  return ledgerAt(time).account('acme', { timeZone }).grant('1000000');
}

function counts(amounts: readonly (readonly [Counted, string])[]): Count[] {
  return amounts.map(([counter, count]) => ({ counter, count: new Amount(count) }));
}

interface Found {
  readonly context: DecisionContext;
  readonly account: AccountState;
  readonly authorization: Authorization;
}

function accountIn(context: DecisionContext): AccountState {
  const account = context.state.accounts.get(accountRef('acme').key);
  must(account !== undefined, 'the account exists');
  return account;
}

function find(context: DecisionContext, { id }: Named): Found {
  const authorization = context.state.authorizations.get(id);
  must(authorization !== undefined, `the authorization ${id} exists`);
  return { context, account: accountIn(context), authorization };
}

/** Does something to an authorization in a transaction of its own. */
function to(books: LedgerFixture, named: Named, work: (found: Found) => void): void {
  books.inOneTransaction((context) => work(find(context, named)));
}

/** A hold that has reserved this. */
function hold(books: LedgerFixture, amounts: readonly (readonly [Counted, string])[], holdSeconds = 900): Named {
  let made: Named | undefined;
  books.inOneTransaction((context) => {
    made = books.authorize('1', { holdSeconds });
    const { account, authorization } = find(context, made);
    reserve(context, account, authorization, counts(amounts));
  });
  must(made !== undefined, 'a hold was made');
  return made;
}

function use(books: LedgerFixture, named: Named, amounts: readonly (readonly [Counted, string])[]): void {
  to(books, named, ({ context, account, authorization }) => {
    useReserved(context, account, authorization, counts(amounts));
  });
}

function read(positions: Positions, counter: Counted): [string, string] {
  return [formatAmount(positions.used(counter)), formatAmount(positions.reserved(counter))];
}

/** What is used and reserved of a counter in the window of now. */
function now(books: LedgerFixture, counter: Counted): [string, string] {
  let found: [string, string] | undefined;
  books.inOneTransaction((context) => (found = read(positionsOf(context, accountIn(context), null), counter)));
  must(found !== undefined, 'the positions were read');
  return found;
}

/** The same in the window of an authorization. */
function then(books: LedgerFixture, named: Named, counter: Counted): [string, string] {
  let found: [string, string] | undefined;
  to(books, named, ({ context, account, authorization }) => {
    found = read(positionsOf(context, account, authorization), counter);
  });
  must(found !== undefined, 'the positions were read');
  return found;
}

describe('what a hold reserves of a counter', () => {
  it('adds to what others have reserved and used', () => {
    const books = ledger();
    const first = hold(books, [[MONTHLY, '100']]);
    hold(books, [
      [MONTHLY, '20'],
      [DAILY, '7'],
    ]);
    expect(now(books, MONTHLY)).toEqual(['0', '120']);
    expect(now(books, DAILY)).toEqual(['0', '7']);
    use(books, first, [[MONTHLY, '30']]);
    expect(now(books, MONTHLY)).toEqual(['30', '90']);
  });

  it('may be asked for several times, and is kept as one', () => {
    const books = ledger();
    const made = hold(books, [
      [MONTHLY, '1'],
      [MONTHLY, '2'],
    ]);
    to(books, made, ({ context, account, authorization }) => {
      reserve(
        context,
        account,
        authorization,
        counts([
          [MONTHLY, '4'],
          [EVER, '0'],
        ]),
      );
    });
    expect(now(books, MONTHLY)).toEqual(['0', '7']);
    expect(books.find(made).reservations).toHaveLength(1);
  });

  it.each<[string, (books: LedgerFixture, made: Named) => void]>([
    ['is voided', (books, made) => books.void(made)],
    ['is committed', (books, made) => books.commit(made, '0')],
    ['lapses', (books) => books.advance(900)],
    ['lapses and is swept', (books) => books.advance(900).sweep()],
  ])('is free again when it %s', (_, end) => {
    const books = ledger('2026-03-10T12:00:00Z');
    const made = hold(books, [[MONTHLY, '100']]);
    use(books, made, [[MONTHLY, '30']]);
    end(books, made);
    expect(now(books, MONTHLY)).toEqual(['30', '0']);
  });

  it('is freed in sums where many lapse at once', () => {
    const books = ledger('2026-03-10T12:00:00Z');
    for (const holdSeconds of [10, 20, 20, 60])
      hold(
        books,
        [
          [MONTHLY, '1'],
          [DAILY, '2'],
        ],
        holdSeconds,
      );
    expect(now(books.advance(30), MONTHLY)).toEqual(['0', '1']);
    expect(now(books, DAILY)).toEqual(['0', '2']);
  });

  it('was never there where a batch is refused', () => {
    const books = ledger();
    hold(books, [[DAILY, '1']]);
    const items = [{ amount: '1' }, { amount: '2000000' }];
    expect(refusalOf(() => books.authorizeBatch('all_or_nothing', items)).code).toBe('insufficient_credits');
    expect(now(books, DAILY)).toEqual(['0', '1']);
  });
});

describe('what is used', () => {
  it('may be more than was reserved, and of what nobody reserved', () => {
    const books = ledger();
    const made = hold(books, [[MONTHLY, '10']]);
    use(books, made, [
      [MONTHLY, '25'],
      [DAILY, '3'],
    ]);
    expect(now(books, MONTHLY)).toEqual(['25', '0']);
    expect(now(books, DAILY)).toEqual(['3', '0']);
  });

  it('counts in the window in which the hold was made, however late it comes', () => {
    const books = ledger('2026-03-31T23:59:59Z');
    const made = hold(books, [
      [MONTHLY, '10'],
      [EVER, '10'],
    ]);
    books.advance(1);
    expect(now(books, MONTHLY)).toEqual(['0', '0']);
    expect(then(books, made, MONTHLY)).toEqual(['0', '10']);
    books.advance(DAY);
    use(books, made, [
      [MONTHLY, '4'],
      [DAILY, '2'],
      [EVER, '3'],
    ]);
    expect(now(books, MONTHLY)).toEqual(['0', '0']);
    expect(now(books, EVER)).toEqual(['3', '0']);
    expect(then(books, made, MONTHLY)).toEqual(['4', '0']);
    expect(then(books, made, DAILY)).toEqual(['2', '0']);
  });

  it('is counted in a window that was closed long ago', () => {
    const books = ledger('2026-03-31T23:59:59Z');
    const made = hold(books, [[MONTHLY, '10']]);
    use(books, made, [[MONTHLY, '4']]);
    books.commit(made, '0');
    hold(books.advance(90 * DAY), [[MONTHLY, '1']]);
    to(books, made, ({ context, account, authorization }) => {
      correctUsed(context, account, authorization, counts([[MONTHLY, '9']]));
    });
    expect(then(books, made, MONTHLY)).toEqual(['9', '0']);
    expect(now(books, MONTHLY)).toEqual(['0', '1']);
  });
});

describe('a correction', () => {
  it('replaces all that was said, and starts where the authorization was first charged', () => {
    const books = ledger();
    const before = hold(books, []);
    use(books, before, [[MONTHLY, '100']]);
    const made = hold(books, [
      [MONTHLY, '50'],
      [DAILY, '5'],
    ]);
    use(books, made, [
      [MONTHLY, '50'],
      [DAILY, '5'],
    ]);
    use(books, before, [[MONTHLY, '1000']]);
    to(books, made, ({ context, account, authorization }) => {
      expect(read(firstPositionsOf(account, authorization), MONTHLY)).toEqual(['100', '0']);
      expect(read(firstPositionsOf(account, authorization), EVER)).toEqual(['0', '0']);
      correctUsed(
        context,
        account,
        authorization,
        counts([
          [MONTHLY, '20'],
          [EVER, '7'],
          [EVER, '7'],
        ]),
      );
    });
    expect(now(books, MONTHLY)).toEqual(['1120', '0']);
    expect(now(books, DAILY)).toEqual(['0', '0']);
    expect(now(books, EVER)).toEqual(['7', '0']);
    to(books, made, ({ account, authorization }) => {
      expect(read(firstPositionsOf(account, authorization), MONTHLY)).toEqual(['100', '0']);
    });
  });
});

describe('the windows of a counter', () => {
  it('begin and end by the calendar of the account', () => {
    const books = ledger('2026-03-31T21:59:59Z', 'Europe/Berlin');
    hold(books, [[MONTHLY, '1']]);
    expect(now(books, MONTHLY)).toEqual(['0', '1']);
    expect(now(books.advance(1), MONTHLY)).toEqual(['0', '0']);
  });

  it('reset nothing where the account moves to another time zone: that holds from the end of the window under way', () => {
    const books = ledger('2026-01-31T12:00:00Z', 'Pacific/Auckland');
    use(books, hold(books, []), [[MONTHLY, '5']]);
    books.updateAccount({ timeZone: 'America/Los_Angeles' });
    expect(now(books, MONTHLY)).toEqual(['5', '0']);
    // February ends in Auckland on the 28th at 11:00 UTC. In Los Angeles it goes on, and so does what is counted from then on.
    books.advance(28 * DAY - 60 * 60 - 1);
    expect(now(books, MONTHLY)).toEqual(['5', '0']);
    use(books, hold(books.advance(1), []), [[MONTHLY, '1']]);
    expect(now(books.advance(20 * 60 * 60), MONTHLY)).toEqual(['1', '0']);
    expect(now(books.advance(60 * 60), MONTHLY)).toEqual(['0', '0']);
  });

  it('are closed two days after their end, once nothing is reserved in them', () => {
    const books = ledger('2026-03-10T12:00:00Z');
    const made = hold(books, [[DAILY, '1']], DAY);
    const openAfter = (seconds: number): boolean[] => {
      hold(
        books.advance(seconds),
        [
          [EVER, '1'],
          [DAILY, '1'],
        ],
        1,
      );
      const windows: boolean[] = [];
      to(books, made, ({ account }) => windows.push(...account.counters.windowsOf(DAILY.id).map(({ open }) => open)));
      return windows;
    };
    books.extend(made, { holdSeconds: DAY });
    expect(openAfter(DAY - 1)).toEqual([true, true]);
    books.extend(made, { holdSeconds: DAY });
    expect(openAfter(DAY - 1)).toEqual([true, true, true]);
    books.extend(made, { holdSeconds: DAY });
    expect(openAfter(DAY - 1)).toEqual([true, true, true, true]);
    books.void(made);
    expect(openAfter(DAY)).toEqual([false, false, true, true, true]);
  });
});

/** What one authorization counts for in one window. */
interface Entry {
  readonly counter: Counted;
  readonly window: string;
  reserved: number;
  used: number;
}

/** The rules again, as plainly as they can be said: lists of what each authorization has reserved and used. */
class Reference {
  readonly authorizations: {
    readonly named: Named;
    readonly madeAt: number;
    expiresAt: number | null;
    entries: Entry[];
  }[] = [];

  private static windowOf({ period }: Counted, at: number): string {
    const text = new Date(at).toISOString();
    return period === 'total' ? 'ever' : text.slice(0, period === 'month' ? 7 : 10);
  }

  entry(index: number, counter: Counted): Entry {
    const { madeAt, entries } = this.at(index);
    const window = Reference.windowOf(counter, madeAt);
    const known = entries.find((one) => one.counter === counter);
    if (known) return known;
    const made = { counter, window, reserved: 0, used: 0 };
    entries.push(made);
    return made;
  }

  at(index: number) {
    const found = this.authorizations[index % this.authorizations.length];
    must(found !== undefined, 'there is an authorization');
    return found;
  }

  isOpen(index: number, now: number): boolean {
    const { expiresAt } = this.at(index);
    return expiresAt !== null && now < expiresAt;
  }

  position(counter: Counted, at: number, now: number): [string, string] {
    const window = Reference.windowOf(counter, at);
    let [used, reserved] = [0, 0];
    for (const { expiresAt, entries } of this.authorizations) {
      for (const entry of entries.filter((one) => one.counter === counter && one.window === window)) {
        used += entry.used;
        if (expiresAt !== null && now < expiresAt) reserved += entry.reserved;
      }
    }
    return [String(used), String(reserved)];
  }
}

interface World {
  readonly books: LedgerFixture;
  readonly reference: Reference;
}
type Step = (world: World) => void;

const COUNTERS: readonly Counted[] = [MONTHLY, DAILY, EVER];
const someCounts = fc.uniqueArray(fc.tuple(fc.constantFrom(...COUNTERS), fc.integer({ min: 0, max: 9 })), {
  selector: ([counter]) => counter.id,
});
const index = fc.nat({ max: 20 });
const asText = (some: readonly (readonly [Counted, number])[]): [Counted, string][] =>
  some.map(([counter, count]) => [counter, String(count)]);

const holdStep = fc
  .tuple(someCounts, fc.integer({ min: 1, max: DAY }))
  .map(([some, holdSeconds]): Step => ({ books, reference }) => {
    const named = hold(books, asText(some), holdSeconds);
    const expiresAt = books.now + holdSeconds * 1000;
    reference.authorizations.push({ named, madeAt: books.now, expiresAt, entries: [] });
    for (const [counter, count] of some) reference.entry(reference.authorizations.length - 1, counter).reserved = count;
  });
const useStep = fc.tuple(index, someCounts).map(([at, some]): Step => ({ books, reference }) => {
  use(books, reference.at(at).named, asText(some));
  for (const [counter, count] of some) {
    const entry = reference.entry(at, counter);
    entry.used += count;
    entry.reserved = Math.max(0, entry.reserved - count);
  }
});
const correctStep = fc.tuple(index, someCounts).map(([at, some]): Step => ({ books, reference }) => {
  to(books, reference.at(at).named, ({ context, account, authorization }) => {
    correctUsed(context, account, authorization, counts(asText(some)));
  });
  for (const entry of reference.at(at).entries) entry.used = 0;
  for (const [counter, count] of some) reference.entry(at, counter).used = count;
});
const endStep = fc.tuple(index, fc.boolean()).map(([at, voids]): Step => ({ books, reference }) => {
  if (!reference.isOpen(at, books.now)) return;
  if (voids) books.void(reference.at(at).named);
  else books.commit(reference.at(at).named, '0');
  reference.at(at).expiresAt = null;
});
const advanceStep = fc
  .oneof(fc.integer({ min: 1, max: DAY }), fc.integer({ min: DAY, max: 40 * DAY }))
  .map((seconds): Step => ({ books }) => {
    books.advance(seconds);
  });
const step = fc.oneof(
  ...[holdStep, useStep].map((arbitrary) => ({ weight: 4, arbitrary })),
  ...[endStep, advanceStep, correctStep].map((arbitrary) => ({ weight: 2, arbitrary })),
);

describe('counters', () => {
  it('stand where a plain list of what each authorization has reserved and used says, whatever happens', () => {
    fc.assert(
      fc.property(holdStep, fc.array(step, { maxLength: 30 }), (first, steps) => {
        const world = { books: ledger('2026-02-27T22:00:00Z'), reference: new Reference() };
        for (const one of [first, ...steps]) {
          one(world);
          const { books, reference } = world;
          books.inOneTransaction((context) => {
            for (const counter of COUNTERS) {
              const expected = reference.position(counter, books.now, books.now);
              expect(read(positionsOf(context, accountIn(context), null), counter)).toEqual(expected);
              const { named, madeAt } = reference.at(0);
              const { account, authorization } = find(context, named);
              const atFirst = read(positionsOf(context, account, authorization), counter);
              expect(atFirst).toEqual(reference.position(counter, madeAt, books.now));
            }
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never have two windows for one instant, however the account moves between time zones', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Pacific/Auckland',
      'America/Los_Angeles',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
    );
    const moveStep = zone.map(
      (timeZone): Step =>
        ({ books }) =>
          void books.updateAccount({ timeZone }),
    );
    const steps = fc.array(fc.oneof({ weight: 8, arbitrary: step }, { weight: 2, arbitrary: moveStep }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(holdStep, steps, (first, others) => {
        const world = { books: ledger('2026-02-27T22:00:00Z'), reference: new Reference() };
        // The fixture checks the invariants after every step.
        for (const one of [first, ...others]) one(world);
      }),
      { numRuns: 300 },
    );
  });
});
