import { describe, expect, it } from '@jest/globals';
import { Amount, formatAmount, ZERO } from '#amounts';
import { NO_PACE, paceAfter, paceCorrected, roomIn, secondsUntil, type Pace } from './pace.ts';
import { periodMsOf, type Rate } from './rules.ts';

const START = Date.parse('2026-01-01T00:00:00Z');

function rate(limit: string, per: Rate['per'] = 'minute'): Rate {
  return { of: 'amount', limit: new Amount(limit), per };
}

/** Asks for an amount as a decision does. */
class Requests {
  pace: Pace = NO_PACE;

  constructor(private readonly rate: Rate) {}

  allows(amount: Amount, at: number): boolean {
    if (roomIn(this.pace, this.rate, at).lt(amount)) return false;
    this.pace = paceAfter(this.pace, this.rate, amount, at);
    return true;
  }
}

describe('a rate', () => {
  it('lets its whole limit through at once, and not a millionth of a millionth more', () => {
    for (const limit of ['7', '0.000000000007', '1000000000000', '3.141592653589']) {
      const requests = new Requests(rate(limit));
      const seventh = new Amount(limit).div(7).toDecimalPlaces(12, Amount.ROUND_DOWN);
      for (let n = 0; n < 6; n += 1) expect(requests.allows(seventh, START)).toBe(true);
      expect(requests.allows(new Amount(limit).minus(seventh.times(6)), START)).toBe(true);
      expect(requests.allows(new Amount('0.000000000001'), START)).toBe(false);
    }
  });

  it('gives back evenly, to the millisecond', () => {
    const requests = new Requests(rate('7'));
    expect(requests.allows(new Amount(7), START)).toBe(true);
    // A seventh of a minute is 8571.4… ms.
    expect(requests.allows(new Amount(1), START + 8571)).toBe(false);
    expect(requests.allows(new Amount(1), START + 8572)).toBe(true);
    expect(formatAmount(roomIn(requests.pace, rate('7'), START + 60_000))).toBe('6');
    expect(formatAmount(roomIn(requests.pace, rate('7'), START + 3_600_000))).toBe('7');
  });

  it('says after how many seconds a request is let through, never too early and less than a second too late', () => {
    const random = randomNumbers(7);
    for (let n = 0; n < 2000; n += 1) {
      const one = rate(String(1 + random(1000)), (['second', 'minute', 'hour'] as const)[random(3)] ?? 'hour');
      const requests = new Requests(one);
      const amount = one.limit.times(1 + random(100)).div(100);
      let at = START;
      while (requests.allows(amount, at)) at += random(periodMsOf(one) / 100);
      const wait = secondsUntil(requests.pace, one, amount, at);
      expect(roomIn(requests.pace, one, at + wait * 1000).gte(amount)).toBe(true);
      if (wait > 1) expect(roomIn(requests.pace, one, at + (wait - 1) * 1000).lt(amount)).toBe(true);
    }
  });

  it('never lets more through from any instant on than the limit at once and its part of the time since', () => {
    const random = randomNumbers(1);
    for (let run = 0; run < 300; run += 1) {
      const one = rate(String(1 + random(50)));
      const requests = new Requests(one);
      const passed: { at: number; amount: Amount }[] = [];
      let at = START;
      for (let n = 0; n < 60; n += 1) {
        at += random(4000);
        const amount = new Amount(1 + random(1000)).div(1000).times(one.limit).toDecimalPlaces(12, Amount.ROUND_DOWN);
        if (requests.allows(amount, at)) passed.push({ at, amount });
      }
      for (const [from, { at: since }] of passed.entries()) {
        let sum = ZERO;
        for (const { at: until, amount } of passed.slice(from)) {
          sum = sum.plus(amount);
          const most = one.limit.times(periodMsOf(one) + until - since);
          expect(sum.times(periodMsOf(one)).lte(most)).toBe(true);
        }
      }
    }
  });

  it('takes the same from one request as from its parts', () => {
    const one = rate('13.7', 'hour');
    const whole = paceAfter(NO_PACE, one, new Amount('6.000000000002'), START);
    const parts = ['1.1', '2.2', '2.700000000002'].reduce(
      (pace, amount) => paceAfter(pace, one, new Amount(amount), START),
      NO_PACE,
    );
    expect(parts.eq(whole)).toBe(true);
  });

  it('takes back what wasn’t used, and never lets more through for it than at first', () => {
    const one = rate('10');
    const held = paceAfter(NO_PACE, one, new Amount(10), START);
    expect(formatAmount(roomIn(paceCorrected(held, one, new Amount(-9)), one, START))).toBe('9');
    expect(formatAmount(roomIn(paceCorrected(held, one, new Amount(-9)), one, START + 3_600_000))).toBe('10');
    expect(formatAmount(roomIn(paceCorrected(held, one, new Amount(5)), one, START))).toBe('-5');
    expect(paceCorrected(NO_PACE, one, new Amount(-9)).isZero()).toBe(true);
  });

  it('keeps a pace that can be stored, whatever is asked for', () => {
    const one = rate('1000000000000', 'hour');
    const last = Date.parse('2099-12-31T23:59:59Z');
    const pace = paceAfter(NO_PACE, one, new Amount('1000000000000'), last);
    expect(pace.toFixed(0).length).toBeLessThanOrEqual(26);
    expect(paceAfter(NO_PACE, one, new Amount('0.000000000001'), last).decimalPlaces()).toBeLessThanOrEqual(12);
  });
});

/** Whole numbers below a bound, the same ones in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * Math.max(below, 1));
  };
}
