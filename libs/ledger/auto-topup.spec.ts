import { Amount, type JsonObject } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { autoTopupFrom, autoTopupJson } from './auto-topup-json.ts';
import {
  afterDecline,
  afterSuccess,
  BACK_OFF_MS,
  isOn,
  looksAtOnce,
  notBefore,
  orderOf,
  withTerms,
  type AutoTopupTerms,
} from './auto-topup.ts';

const NOW = Date.parse('2026-03-01T00:00:00Z');

const TERMS: AutoTopupTerms = {
  enabled: true,
  on: 'available',
  threshold: new Amount(20),
  buys: { amount: new Amount(100) },
  offer: {
    package: null,
    pricePerCredit: new Amount('0.01'),
    price: null,
    currency: 'USD',
    minorUnit: new Amount('0.01'),
    expiresAfterMs: null,
    priority: 100,
  },
  provider: 'test',
  paymentMethod: 'pm_ok',
  customer: null,
  cooldownMs: 0,
  maxPerPeriod: null,
};

const RULE = withTerms(null, TERMS, NOW);

function ordered(buys: AutoTopupTerms['buys'], balance: string, offer = TERMS.offer): string[] {
  const { credits, bonusCredits, price } = orderOf({ ...RULE, buys, offer }, new Amount(balance));
  return [credits, bonusCredits, price].map((amount) => amount.toFixed());
}

describe('what a rule buys', () => {
  it('is an amount, what is missing to a target, or a package at its price', () => {
    expect(ordered({ amount: new Amount(100) }, '15')).toEqual(['100', '0', '1']);
    expect(ordered({ target: new Amount(100) }, '15')).toEqual(['85', '0', '0.85']);
    expect(ordered({ target: new Amount(100) }, '-500')).toEqual(['600', '0', '6']);
    const offer = { ...TERMS.offer, package: 'p', pricePerCredit: null, price: new Amount(9) };
    expect(ordered({ package: 'p', credits: new Amount(1000), bonus: new Amount(50) }, '15', offer)).toEqual([
      '1000',
      '50',
      '9',
    ]);
  });

  it('costs whole minor units, rounded half-even, and at least one', () => {
    expect(ordered({ target: new Amount(100) }, '99.999999999999')).toEqual(['0.000000000001', '0', '0.01']);
    expect(ordered({ target: new Amount('100.5') }, '0')).toEqual(['100.5', '0', '1']);
    expect(ordered({ target: new Amount('101.5') }, '0')).toEqual(['101.5', '0', '1.02']);
    expect(ordered({ target: new Amount('100.51') }, '0')).toEqual(['100.51', '0', '1.01']);
    expect(ordered({ amount: new Amount(150) }, '0', { ...TERMS.offer, minorUnit: new Amount(1) })[2]).toBe('2');
  });
});

describe('when a rule buys again', () => {
  it('is its cooldown after it last bought, or an hour after a decline', () => {
    const cooling = { ...RULE, cooldownMs: 5000, firedAt: NOW };
    expect(notBefore(RULE)).toBe(0);
    expect(notBefore(cooling)).toBe(NOW + 5000);
    expect(notBefore(afterDecline(cooling, NOW + 10))).toBe(NOW + 10 + BACK_OFF_MS);
  });

  it('is never after three declines in a row, until a payment succeeds', () => {
    const twice = afterDecline(afterDecline(RULE, NOW), NOW);
    expect([twice.suspended, isOn(twice)]).toEqual([false, true]);
    const suspended = afterDecline(twice, NOW);
    expect([suspended.suspended, isOn(suspended)]).toEqual([true, false]);
    expect(afterSuccess(suspended, { automatic: true })).toEqual(RULE);
    expect(afterDecline(afterSuccess(twice, { automatic: true }), NOW).suspended).toBe(false);
  });
});

describe('other terms of a rule', () => {
  const declined = afterDecline(RULE, NOW);
  const suspended = afterDecline(afterDecline(declined, NOW), NOW);

  it('let it forget what has failed where it is enabled, or paid otherwise', () => {
    expect(withTerms({ ...suspended, enabled: false }, TERMS, NOW)).toEqual(RULE);
    expect(withTerms(suspended, TERMS, NOW)).toEqual(RULE);
    expect(withTerms(declined, { ...TERMS, paymentMethod: 'pm_other' }, NOW).declines).toBe(0);
    expect(withTerms(declined, { ...TERMS, threshold: new Amount(50) }, NOW).declines).toBe(1);
    expect(withTerms(suspended, { ...TERMS, enabled: false }, NOW).suspended).toBe(true);
  });

  it('let it look at the balance at once where it is enabled, paid otherwise, or was waiting', () => {
    expect(looksAtOnce(null, TERMS)).toBe(true);
    expect(looksAtOnce({ ...RULE, enabled: false }, TERMS)).toBe(true);
    expect(looksAtOnce(suspended, TERMS)).toBe(true);
    expect(looksAtOnce(declined, { ...TERMS, paymentMethod: 'pm_other' })).toBe(true);
    expect(looksAtOnce({ ...declined, waitsUntil: NOW + BACK_OFF_MS }, TERMS)).toBe(true);
    expect(looksAtOnce(RULE, { ...TERMS, threshold: new Amount(500) })).toBe(false);
  });

  it('keep since when its cap counts, as long as its period is the same', () => {
    const cap = { period: 'month', count: 2, amount: null } as const;
    const capped = withTerms(RULE, { ...TERMS, maxPerPeriod: cap }, NOW);
    expect(capped.cappedSince).toBe(NOW);
    expect(withTerms(capped, { ...TERMS, maxPerPeriod: { ...cap, count: 9 } }, NOW + 1).cappedSince).toBe(NOW);
    expect(withTerms(capped, { ...TERMS, maxPerPeriod: { ...cap, period: 'day' } }, NOW + 1).cappedSince).toBe(NOW + 1);
    expect(withTerms(capped, TERMS, NOW + 1).cappedSince).toBeNull();
  });
});

describe('a stored rule', () => {
  it('is read back as it was', () => {
    const cap = { period: 'week', count: null, amount: new Amount('12.5') } as const;
    for (const buys of [
      { amount: new Amount(1) },
      { target: new Amount('0.5') },
      { package: 'p', credits: new Amount(1), bonus: new Amount(2) },
    ]) {
      const rule = withTerms(null, { ...TERMS, buys, maxPerPeriod: cap }, NOW);
      expect(autoTopupFrom(JSON.parse(JSON.stringify(autoTopupJson(rule))) as JsonObject)).toEqual(rule);
    }
  });
});
