import { Amount, ZERO } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recurringLedgerAt, type RecurringFixture } from '../testing/recurring-fixture.ts';
import { ReferenceRecurring, type Rollover } from '../testing/reference-recurring.ts';
import { Refused } from '../testing/refused.ts';

/** A longer look: `RECURRING_RUNS=2000`. */
const RUNS = Number(process.env['RECURRING_RUNS'] ?? 40);
const HOUR = 3600;

const amounts = fc.integer({ min: 1, max: 20 }).map((count) => count * 16);
const rollovers: fc.Arbitrary<Rollover | null> = fc.option(
  fc.record({ max: fc.constantFrom(0.5, 64, 160, 1e6), percent: fc.constantFrom(25, 50, 100) }),
);
const steps = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pass' as const), hours: fc.integer({ min: 1, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('put' as const), amount: amounts, rollover: rollovers }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('charge' as const), amount: amounts }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('hold' as const),
      amount: amounts,
      hours: fc.integer({ min: 1, max: 24 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), hold: fc.nat({ max: 9 }) }) },
  fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'delete' as const) }),
);
type Step = typeof steps extends fc.Arbitrary<infer S> ? S : never;

/** Takes the same steps with the ledger and with the reference. */
class Both {
  private readonly reference = new ReferenceRecurring();
  private readonly ledger: RecurringFixture = recurringLedgerAt('2026-01-01T00:00:00Z').account('acme');
  private readonly holds: { readonly id: string }[] = [];
  private isThere = false;

  take(step: Step): void {
    switch (step.do) {
      case 'pass':
        this.reference.pass(step.hours);
        this.ledger.advance(step.hours * HOUR);
        break;
      case 'put':
        this.put(step.amount, step.rollover);
        break;
      case 'charge':
        expect(this.accepts(() => this.ledger.charge(String(step.amount)))).toBe(this.reference.charge(step.amount));
        break;
      case 'hold': {
        const hold = (): unknown =>
          this.holds.push(this.ledger.authorize(String(step.amount), { holdSeconds: step.hours * HOUR }));
        const id = this.holds.length;
        expect(this.accepts(hold)).toBe(this.reference.hold(id, step.amount, step.hours));
        break;
      }
      case 'release': {
        const hold = this.holds[step.hold];
        if (hold && this.reference.release(step.hold)) this.ledger.void(hold);
        break;
      }
      default:
        this.change(step.do);
    }
  }

  compare(): void {
    const sums = (kind: 'grant' | 'breakage'): number =>
      this.ledger
        .booked(kind)
        .reduce<Amount>((sum, amount) => sum.plus(amount), ZERO)
        .toNumber();
    const { reference } = this;
    this.ledger.sweep();
    expect({
      available: Number(this.ledger.available()),
      granted: sums('grant'),
      lost: sums('breakage'),
    }).toEqual({
      available: reference.available(),
      granted: reference.granted,
      lost: reference.lost,
    });
  }

  finish(): void {
    this.ledger.checkPastBalances();
  }

  private put(amount: number, rollover: Rollover | null): void {
    this.reference.put(amount, rollover);
    this.isThere = true;
    const terms = rollover && { rollover: { max: String(rollover.max), percent: String(rollover.percent) } };
    this.ledger.recurring('plan', String(amount), { interval: 'day', ...terms });
  }

  private change(what: 'pause' | 'resume' | 'delete'): void {
    if (!this.isThere) return;
    this.reference[what]();
    if (what === 'pause') this.ledger.pauseRecurring('plan');
    else if (what === 'resume') this.ledger.resumeRecurring('plan');
    else this.ledger.deleteRecurring('plan');
    this.isThere = what !== 'delete';
  }

  private accepts(ask: () => unknown): boolean {
    try {
      ask();
      return true;
    } catch (error) {
      if (error instanceof Refused) return false;
      throw error;
    }
  }
}

describe('a daily allowance', () => {
  it('comes, rolls over and is lost as a naive reference says, whatever is done and whoever is late', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(steps, fc.boolean()), { minLength: 5, maxLength: 30 }), (sequence) => {
        const both = new Both();
        for (const [step, isCompared] of sequence) {
          both.take(step);
          if (isCompared) both.compare();
        }
        both.compare();
        both.finish();
      }),
      { numRuns: RUNS },
    );
  });
});
