import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ZERO } from '#amounts';
import { compareBurnDown } from './burn-down.ts';
import { GRANT_CATEGORIES, type Grant } from './grant.ts';

const BASE: Grant = {
  id: '0190-5',
  accountKey: '1',
  amount: ZERO,
  remaining: ZERO,
  held: ZERO,
  repaid: ZERO,
  frozen: ZERO,
  frozenAt: null,
  freezes: [],
  category: 'included',
  priority: 100,
  scope: null,
  costBasis: null,
  amountPaid: null,
  currency: null,
  purchase: null,
  purchaseReference: null,
  returned: null,
  effectiveAt: 5000,
  expiresAt: 9000,
  voidedAt: null,
  entered: true,
  expired: false,
  expiryNotices: 0,
  createdAt: 5000,
  metadata: {},
  period: null,
};

describe('burn-down order', () => {
  /** Each row wins by its own level although every level after it speaks for the other grant. */
  it.each<[string, Partial<Grant>, Partial<Grant>]>([
    ['the lower priority', { priority: 99, expiresAt: null }, { expiresAt: 1 }],
    ['what expires sooner', { expiresAt: 8999 }, { scope: {} }],
    ['what expires before what never does', { expiresAt: 8.64e15 }, { expiresAt: null, scope: {} }],
    ['scoped before unscoped', { scope: {} }, { category: 'promotional' }],
    ['promotional before included', { category: 'promotional' }, { effectiveAt: 1 }],
    ['included before paid', {}, { category: 'paid', effectiveAt: 1 }],
    ['what took effect earlier', { effectiveAt: 4999 }, { createdAt: 1 }],
    ['what was made earlier', { createdAt: 4999 }, { id: '0190-0' }],
    ['the smaller id', { id: '0190-4' }, {}],
  ])('spends first: %s', (_, first, second) => {
    expect(compareBurnDown({ ...BASE, ...first }, { ...BASE, ...second })).toBeLessThan(0);
    expect(compareBurnDown({ ...BASE, ...second }, { ...BASE, ...first })).toBeGreaterThan(0);
  });

  it('goes by age and id among grants that never expire', () => {
    const never = { ...BASE, expiresAt: null };
    expect(compareBurnDown({ ...never, createdAt: 1 }, never)).toBeLessThan(0);
    expect(compareBurnDown(never, never)).toBe(0);
  });

  const few = fc.integer({ min: 0, max: 2 });
  const grant = fc
    .record({
      id: fc.constantFrom('a', 'b', 'c'),
      priority: few,
      expiresAt: fc.option(few),
      scope: fc.option(fc.constant({})),
      category: fc.constantFrom(...GRANT_CATEGORIES),
      effectiveAt: few,
      createdAt: few,
    })
    .map((fields): Grant => ({ ...BASE, ...fields }));

  it('is total and strict: two grants are level only if they are the same', () => {
    fc.assert(
      fc.property(grant, grant, (a, b) => {
        const order = Math.sign(compareBurnDown(a, b));
        expect(order + Math.sign(compareBurnDown(b, a))).toBe(0);
        if (a.id !== b.id) expect(order).not.toBe(0);
      }),
    );
  });

  it('is transitive, so that sorting gives one order wherever it starts from', () => {
    fc.assert(
      fc.property(grant, grant, grant, (a, b, c) => {
        if (compareBurnDown(a, b) < 0 && compareBurnDown(b, c) < 0) expect(compareBurnDown(a, c)).toBeLessThan(0);
      }),
    );
  });
});
