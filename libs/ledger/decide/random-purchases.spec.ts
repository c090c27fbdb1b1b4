import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BothSellers, OVERDRAFT } from '../testing/both-sellers.ts';
import { paymentOrders, type Step } from '../testing/random-payments.ts';
import type { Bucket } from '../testing/reference-credits.ts';
import { ReferencePurchases, type Sold, type Told } from '../testing/reference-purchases.ts';

/** A longer look: `PURCHASE_RUNS=50000`, with other sequences by `PURCHASE_SEED=random`. */
const { PURCHASE_RUNS = '2000', PURCHASE_SEED = '20260714' } = process.env;
const seed = PURCHASE_SEED === 'random' ? {} : { seed: Number(PURCHASE_SEED) };

/** Takes the same steps with the ledger and with a reference, and compares every figure after each of them. */
const compared = (Reference: typeof ReferencePurchases): fc.IPropertyWithHooks<[readonly Step[]]> =>
  fc.property(paymentOrders, (steps) => {
    const both = new BothSellers(new Reference(OVERDRAFT));
    for (const step of steps) {
      const accepted = both.take(step);
      expect(accepted.ledger).toBe(accepted.reference);
      const figures = both.figures();
      expect(figures.ledger).toEqual(figures.reference);
    }
    both.finish();
  });

describe('purchases', () => {
  it('are granted, refunded and disputed as a naive reference says, in whatever order they are reported', () => {
    fc.assert(compared(ReferencePurchases), { numRuns: Number(PURCHASE_RUNS), ...seed });
  }, 300_000);
});

class GrantsTwice extends ReferencePurchases {
  override tell(one: Sold, told: Told): void {
    if (one.payment === 'paid' && told.status === 'succeeded') one.payment = 'pending';
    super.tell(one, told);
  }
}

class KeepsMoneyOfFailedPayments extends ReferencePurchases {
  override tell(one: Sold, told: Told): void {
    if (one.payment !== 'failed') super.tell(one, told);
  }
}

class ForgetsEarlyRefunds extends ReferencePurchases {
  override grant(one: Sold): void {
    one.refunds.splice(0);
    super.grant(one);
  }
}

class FreezesNothing extends ReferencePurchases {
  override freeze(): number {
    return 0;
  }
}

class LetsFrozenTimePass extends ReferencePurchases {
  override unfreeze(bucket: Bucket): void {
    bucket.frozenSince = null;
  }
}

class KeepsWhatFailedToGoBack extends ReferencePurchases {
  override settleRefund(one: Sold, nth: number): void {
    super.settleRefund(one, nth, 'succeeded');
  }
}

describe('the reference', () => {
  it.each([
    ['grants twice', GrantsTwice],
    ['keeps the money of payments that had failed', KeepsMoneyOfFailedPayments],
    ['forgets refunds that came before the payment', ForgetsEarlyRefunds],
    ['freezes nothing', FreezesNothing],
    ['lets the time pass while credits are frozen', LetsFrozenTimePass],
    ['takes a failed refund for one that succeeded', KeepsWhatFailedToGoBack],
  ])('is told from one that %s', (_, Wrong) => {
    const { failed } = fc.check(compared(Wrong), { numRuns: 2000, seed: 1, endOnFailure: true });
    expect(failed).toBe(true);
  });
});
