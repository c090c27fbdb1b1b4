import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

interface Named {
  readonly id: string;
}

/** A ledger, and what was made in it. */
interface World {
  readonly ledger: BudgetFixture;
  readonly grants: Named[];
  readonly authorizations: Named[];
}

/** Every step checks all invariants (see the fixture), so these sequences need no expectations of their own. */
type Step = (world: World) => unknown;

const ACCOUNTS = ['acme', 'beta'];
const SCOPE = { tags: { team: 'a' } };
const NOBODY: Named = { id: '00000000-0000-7000-8000-000000000000' };

const amount = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map(String),
  fc.constantFrom('0.004', '0.000000000001', '12.5'),
);
const account = fc.constantFrom(...ACCOUNTS);
const seconds = fc.integer({ min: 1, max: 200 });
const overage = fc.constantFrom('cap', 'debt', 'reject');
const tags = fc.constantFrom({}, { team: 'a' });
const index = fc.nat({ max: 30 });
const mode = fc.constantFrom('all_or_nothing', 'independent');
const item = fc.record({ account, amount, tags, holdSeconds: seconds, overage });
const items = fc.array(item, { minLength: 1, maxLength: 4 });

const grant = fc
  .record({
    account,
    amount,
    priority: fc.integer({ min: 1, max: 3 }),
    expiresIn: fc.option(seconds),
    effectiveIn: fc.option(seconds, { freq: 2 }),
    scoped: fc.boolean(),
  })
  .map(({ amount, expiresIn, effectiveIn, scoped, ...rest }): Step => ({ ledger, grants }) => {
    const starts = effectiveIn === null ? {} : { effectiveIn };
    const ends = expiresIn === null ? {} : { expiresIn: expiresIn + (effectiveIn ?? 0) };
    grants.push(ledger.createGrant(amount, { ...rest, ...starts, ...ends, ...(scoped ? { scope: SCOPE } : {}) }));
  });
const authorize = item.map(({ amount, ...options }): Step => ({ ledger, authorizations }) => {
  authorizations.push(ledger.authorize(amount, options));
});
const charge = item.map(({ amount, account, tags }): Step => ({ ledger, authorizations }) => {
  authorizations.push(ledger.charge(amount, { account, tags }));
});
const authorizeBatch = fc.tuple(mode, items).map(
  ([mode, items]): Step =>
    ({ ledger }) =>
      ledger.authorizeBatch(mode, items),
);
const chargeBatch = fc.tuple(mode, items).map(
  ([mode, items]): Step =>
    ({ ledger }) =>
      ledger.chargeBatch(mode, items),
);
const commit = fc
  .tuple(index, fc.option(fc.oneof(amount, fc.constant('0'))), fc.boolean())
  .map(([at, amount, final]): Step => ({ ledger, authorizations }) => {
    ledger.commit(pick(authorizations, at), amount ?? undefined, { final });
  });
const voided = index.map(
  (at): Step =>
    ({ ledger, authorizations }) =>
      ledger.void(pick(authorizations, at)),
);
const voidGrant = index.map(
  (at): Step =>
    ({ ledger, grants }) =>
      ledger.voidGrant(pick(grants, at)),
);
const extend = fc
  .tuple(index, fc.option(amount), fc.option(seconds))
  .map(([at, amount, holdSeconds]): Step => ({ ledger, authorizations }) => {
    ledger.extend(pick(authorizations, at), amount === null ? { holdSeconds } : { amount, holdSeconds });
  });
const refund = fc.tuple(index, fc.option(amount)).map(([at, amount]): Step => ({ ledger, authorizations }) => {
  ledger.refund(pick(authorizations, at), amount ?? undefined);
});
const status = fc.tuple(account, fc.constantFrom('active', 'active', 'suspended')).map(
  ([account, status]): Step =>
    ({ ledger }) =>
      ledger.setStatus(status, account),
);
/** Rarely more than one account of a sequence. */
const close = fc.tuple(account, fc.constantFrom('breakage', 'return')).map(
  ([account, remainder]): Step =>
    ({ ledger }) =>
      ledger.close(remainder, account),
);
const advance = seconds.map(
  (seconds): Step =>
    ({ ledger }) =>
      ledger.advance(seconds),
);
const sweep = fc.constant<Step>(({ ledger }) => ledger.sweep());
const notices = fc.tuple(account, seconds).map(
  ([account, seconds]): Step =>
    ({ ledger }) =>
      ledger.sweepWith([2000 * seconds, 1000 * seconds], account),
);
/** Few, so that rules come back that held before. */
const percent = fc.constantFrom([], [50, 75, 90, 100], [20, 100], [150]);
const levels = fc.constantFrom([], ['0'], ['5'], ['5', '20']);
const alerts = fc.record({ account, percent, levels }).map(
  ({ account, percent, levels }): Step =>
    ({ ledger }) =>
      ledger.setAlerts({ percent, remaining: levels }, account),
);

const command = fc.oneof(
  ...[grant, authorize, charge, commit, extend, refund].map((arbitrary) => ({ weight: 3, arbitrary })),
  ...[authorizeBatch, chargeBatch, voided, voidGrant, status, notices, alerts].map((arbitrary) => ({
    weight: 1,
    arbitrary,
  })),
);
const closingStep = fc.oneof(
  ...[grant, charge, authorize, commit, refund, voided].map((arbitrary) => ({ weight: 2, arbitrary })),
  ...[close, status, extend, authorizeBatch, advance].map((arbitrary) => ({ weight: 1, arbitrary })),
);
const step = fc.oneof(
  { weight: 8, arbitrary: command },
  { weight: 1, arbitrary: advance },
  { weight: 1, arbitrary: sweep },
);

/** Rich in refunds, debt and its repayment; grants and holds expire rarely. */
const refundStep = fc.oneof(
  ...[grant, charge].map((arbitrary) => ({ weight: 3, arbitrary })),
  ...[authorize, commit].map((arbitrary) => ({ weight: 2, arbitrary })),
  { weight: 5, arbitrary: refund },
  {
    weight: 1,
    arbitrary: seconds.map(
      (seconds): Step =>
        ({ ledger }) =>
          ledger.advance(seconds / 4),
    ),
  },
);

/** Rich in balances that rise and fall, while the rules of alerts change. */
const alertStep = fc.oneof(
  fc.constantFrom('3', '7', '12').map(
    (amount): Step =>
      ({ ledger, authorizations }) =>
        authorizations.push(ledger.charge(amount)),
  ),
  fc.tuple(fc.constantFrom('5', '20'), fc.constantFrom('paid', 'promotional')).map(
    ([amount, category]): Step =>
      ({ ledger, grants }) =>
        grants.push(ledger.createGrant(amount, { category })),
  ),
  fc.tuple(percent, levels).map(
    ([percent, remaining]): Step =>
      ({ ledger }) =>
        ledger.setAlerts({ percent, remaining }),
  ),
  ...[refund, voidGrant],
);

const commitment = fc.tuple(account, fc.constantFrom('5', '20', '200', null)).map(
  ([id, commitment]): Step =>
    ({ ledger }) =>
      ledger.updateAccount({ commitment }, id),
);
/** Rich in ends of months, with holds and grants that reach over them. */
const monthStep = fc.oneof(
  ...[grant, charge, authorize, commit].map((arbitrary) => ({ weight: 3, arbitrary })),
  ...[refund, commitment, sweep, extend, voided, alerts].map((arbitrary) => ({ weight: 1, arbitrary })),
  { weight: 1, arbitrary: close },
  {
    weight: 4,
    arbitrary: fc.constantFrom(1, 60, 3600, 27.9 * 24 * 3600, 70 * 24 * 3600).map(
      (seconds): Step =>
        ({ ledger }) =>
          ledger.advance(seconds),
    ),
  },
);

/** Few names, so that budgets are changed, deleted and made again. */
const budgetName = fc.constantFrom('first', 'second');
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Auckland');
const budget = fc
  .record({
    account,
    name: budgetName,
    amount: fc.constantFrom('5', '20', '60', '200'),
    period: fc.constantFrom('day', 'week', 'month', 'total'),
    mode: fc.constantFrom('hard', 'hard', 'soft'),
    per: fc.constantFrom(null, 'team'),
    scope: fc.constantFrom<Record<string, string[]>[]>({}, {}, { team: ['a'] }, { team: ['(none)'] }),
    timeZone: fc.option(zone, { nil: null }),
    anchor: fc.option(fc.constantFrom('2026-01-10T09:30:00Z', '2025-12-31T00:00:00Z'), { freq: 2 }),
    until: fc.option(seconds, { freq: 2 }),
  })
  .map(({ account, name, anchor, until, ...rest }): Step => ({ ledger }) => {
    const options = { ...rest, ...(anchor === null ? {} : { anchor }), ...(until === null ? {} : { until }) };
    return ledger.putBudget(name, options, account);
  });
const deleteBudget = fc.tuple(account, budgetName).map(
  ([account, name]): Step =>
    ({ ledger }) =>
      ledger.deleteBudget(name, account),
);
const raiseBudget = fc.tuple(account, budgetName, fc.constantFrom('10', '100'), seconds).map(
  ([account, name, amount, seconds]): Step =>
    ({ ledger }) =>
      ledger.raiseBudget(name, amount, seconds, account),
);
const moveZone = fc.tuple(account, zone).map(
  ([account, timeZone]): Step =>
    ({ ledger }) =>
      ledger.updateAccount({ timeZone }, account),
);
/** Rich in budgets, and in borders of their periods. */
const budgetStep = fc.oneof(
  ...[grant, charge, authorize, commit].map((arbitrary) => ({ weight: 3, arbitrary })),
  ...[budget, refund, extend].map((arbitrary) => ({ weight: 2, arbitrary })),
  ...[authorizeBatch, chargeBatch, voided, deleteBudget, raiseBudget, moveZone, sweep].map((arbitrary) => ({
    weight: 1,
    arbitrary,
  })),
  {
    weight: 2,
    arbitrary: fc.constantFrom(60, 3600, 12 * 3600, 3 * 24 * 3600, 27.9 * 24 * 3600).map(
      (seconds): Step =>
        ({ ledger }) =>
          ledger.advance(seconds),
    ),
  },
);

function pick(made: readonly Named[], at: number): Named {
  return made[at % made.length] ?? NOBODY;
}

function open(time = '2026-01-01T00:00:00Z'): World {
  const ledger = budgetLedgerAt(time);
  ledger.account('acme', { overdraftLimit: '50', overage: 'debt' }).account('beta');
  return { ledger, grants: [], authorizations: [] };
}

function play(world: World, step: Step): void {
  try {
    step(world);
  } catch (error) {
    // A refusal is a right answer too; anything else isn't.
    refusalOf(() => {
      throw error;
    });
  }
}

function playIn(world: World, steps: readonly Step[]): void {
  for (const step of steps) play(world, step);
  world.ledger.checkPastBalances();
}

function playAll(steps: readonly Step[]): void {
  playIn(open(), steps);
}

describe('decide', () => {
  it('keeps every invariant through any sequence of commands, each in a transaction of its own', () => {
    fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 60 }), playAll), { numRuns: 400 });
  });

  it('keeps every invariant where much is refunded, and debt is made and repaid', () => {
    fc.assert(fc.property(fc.array(refundStep, { minLength: 10, maxLength: 60 }), playAll), { numRuns: 400 });
  });

  it('keeps every invariant where accounts are closed, and what they have begun is settled', () => {
    fc.assert(fc.property(fc.array(closingStep, { minLength: 10, maxLength: 60 }), playAll), { numRuns: 400 });
  });

  it('charges the shortfalls of commitments once, whatever lands late', () => {
    const steps = fc.tuple(commitment, fc.array(monthStep, { minLength: 10, maxLength: 60 }));
    fc.assert(
      fc.property(steps, ([first, others]) => playIn(open('2026-01-31T23:50:00Z'), [first, ...others])),
      { numRuns: 400 },
    );
  });

  it('counts for budgets what authorizations hold and were charged, and alerts once, however the budgets change', () => {
    const steps = fc.tuple(budget, budget, fc.array(budgetStep, { minLength: 10, maxLength: 60 }));
    fc.assert(
      fc.property(steps, ([first, second, others]) => playIn(open('2026-03-28T20:00:00Z'), [first, second, ...others])),
      { numRuns: 400 },
    );
  });

  it('sends no alert twice, however the balance goes and the rules change', () => {
    fc.assert(fc.property(fc.array(alertStep, { minLength: 10, maxLength: 60 }), playAll), { numRuns: 400 });
  });

  it('keeps every invariant where the commands of one instant share a transaction', () => {
    const batches = fc.array(fc.tuple(seconds, fc.array(command, { maxLength: 20 })), { maxLength: 6 });
    fc.assert(
      fc.property(batches, (batches) => {
        const world = open();
        for (const [wait, batch] of batches) {
          world.ledger.advance(wait).inOneTransaction(() => {
            for (const command of batch) play(world, command);
          });
        }
        world.ledger.checkPastBalances();
      }),
      { numRuns: 400 },
    );
  });
});
