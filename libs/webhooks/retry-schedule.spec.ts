import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nextAttemptIn, parseRetryAfter, RETRY_DELAYS_MS } from './retry-schedule.ts';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('the retry schedule', () => {
  it('is 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, and then the delivery has failed', () => {
    const waits = Array.from({ length: 11 }, (_, tries) => nextAttemptIn({ tries, retryAfterMs: null, chance: 0.5 }));
    const hours = [2, 5, 10, 14, 20, 24].map((hour) => hour * 3_600_000);
    expect(waits).toEqual([0, 5000, 300_000, 1_800_000, ...hours, null]);
  });

  it('is spread by a tenth to either side', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), chance, (tries, by) => {
        const wait = nextAttemptIn({ tries, retryAfterMs: null, chance: by }) ?? Number.NaN;
        const delay = RETRY_DELAYS_MS[tries] ?? Number.NaN;
        expect(wait).toBeGreaterThanOrEqual(Math.floor(delay * 0.9));
        expect(wait).toBeLessThanOrEqual(Math.ceil(delay * 1.1));
      }),
    );
    expect(nextAttemptIn({ tries: 1, retryAfterMs: null, chance: 0 })).toBe(4500);
  });

  it('never comes before Retry-After, nor waits more than a day for it', () => {
    expect(nextAttemptIn({ tries: 1, retryAfterMs: 60_000, chance: 0 })).toBe(60_000);
    expect(nextAttemptIn({ tries: 2, retryAfterMs: 1000, chance: 0.5 })).toBe(300_000);
    expect(nextAttemptIn({ tries: 1, retryAfterMs: 365 * 86_400_000, chance: 0 })).toBe(86_400_000);
    expect(nextAttemptIn({ tries: 10, retryAfterMs: 1000, chance: 0 })).toBeNull();
  });
});

describe('Retry-After', () => {
  it('is read as seconds and as a date, and anything else is ignored', () => {
    const now = Date.parse('2026-11-21T12:00:00Z');
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Sat, 21 Nov 2026 12:01:00 GMT', now)).toBe(60_000);
    expect(parseRetryAfter('Sat, 21 Nov 2026 11:00:00 GMT', now)).toBe(0);
    for (const odd of [undefined, '', '-1', '1.5', 'soon', '2026-11-21', '99999999999'])
      expect(parseRetryAfter(odd, now)).toBeNull();
  });
});
