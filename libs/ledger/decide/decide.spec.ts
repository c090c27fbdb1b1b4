import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { ledgerAt, refusalOf, type LedgerFixture } from '../testing/ledger-fixture.ts';

/** Every step checks all invariants (see the fixture), so these sequences need no expectations of their own. */
type Step = (ledger: LedgerFixture, opened: { id: string }[]) => void;

const ACCOUNTS = ['acme', 'beta'];
const SCOPE = { tags: { team: 'a' } };

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

const command: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      account,
      amount,
      priority: fc.integer({ min: 1, max: 3 }),
      expiresIn: fc.option(seconds),
      effectiveIn: fc.option(seconds),
      scoped: fc.boolean(),
    })
    .map(({ amount, expiresIn, effectiveIn, scoped, ...rest }): Step => (ledger, opened) => {
      const starts = effectiveIn === null ? {} : { effectiveIn };
      const ends = expiresIn === null ? {} : { expiresIn: expiresIn + (effectiveIn ?? 0) };
      opened.push(ledger.createGrant(amount, { ...rest, ...starts, ...ends, ...(scoped ? { scope: SCOPE } : {}) }));
    }),
  item.map(
    ({ amount, ...options }): Step =>
      (ledger, opened) =>
        void opened.push(ledger.authorize(amount, options)),
  ),
  item.map(
    ({ amount, account, tags }): Step =>
      (ledger, opened) =>
        void opened.push(ledger.charge(amount, { account, tags })),
  ),
  fc.tuple(mode, items).map(
    ([mode, items]): Step =>
      (ledger) =>
        void ledger.authorizeBatch(mode, items),
  ),
  fc.tuple(mode, items).map(
    ([mode, items]): Step =>
      (ledger) =>
        void ledger.chargeBatch(mode, items),
  ),
  fc.tuple(index, fc.option(amount), fc.boolean()).map(
    ([at, amount, final]): Step =>
      (ledger, opened) =>
        void ledger.commit(pick(opened, at), amount ?? undefined, { final }),
  ),
  index.map(
    (at): Step =>
      (ledger, opened) =>
        void ledger.void(pick(opened, at)),
  ),
  index.map(
    (at): Step =>
      (ledger, opened) =>
        void ledger.voidGrant(pick(opened, at)),
  ),
);
const time: fc.Arbitrary<Step> = fc.oneof(
  seconds.map(
    (seconds): Step =>
      (ledger) =>
        void ledger.advance(seconds),
  ),
  fc.constant<Step>((ledger) => void ledger.sweep()),
);
const step = fc.oneof({ weight: 5, arbitrary: command }, { weight: 1, arbitrary: time });

function pick(opened: readonly { id: string }[], at: number): { id: string } {
  return opened[at % opened.length] ?? { id: '00000000-0000-7000-8000-000000000000' };
}

function open(): LedgerFixture {
  return ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '50', overage: 'debt' }).account('beta');
}

function play(ledger: LedgerFixture, opened: { id: string }[], step: Step): void {
  try {
    step(ledger, opened);
  } catch (error) {
    // A refusal is a right answer too; anything else isn't.
    refusalOf(() => {
      throw error;
    });
  }
}

describe('decide', () => {
  it('keeps every invariant through any sequence of commands, each in a transaction of its own', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
        const ledger = open();
        const opened: { id: string }[] = [];
        for (const step of steps) play(ledger, opened, step);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps every invariant where the commands of one instant share a transaction', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(seconds, fc.array(command, { maxLength: 12 })), { maxLength: 6 }), (batches) => {
        const ledger = open();
        const opened: { id: string }[] = [];
        for (const [wait, batch] of batches) {
          ledger.advance(wait).inOneTransaction(() => {
            for (const command of batch) play(ledger, opened, command);
          });
        }
      }),
      { numRuns: 400 },
    );
  });
});
