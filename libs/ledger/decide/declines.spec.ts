import { describe, expect, it } from '@jest/globals';
import { ZERO } from '#amounts';
import { accepted, refused, type RefusedOutcome } from '../refusals.ts';
import { guessesExpiry } from './declines.ts';

function held(expiryIsExact: boolean): RefusedOutcome {
  const figures = { required: ZERO, available: ZERO, held: ZERO, shortfall: ZERO, outOfScope: ZERO };
  const retry = { retryAfterSeconds: 1, holdExpiresAt: 0, expiryIsExact };
  return refused({ code: 'credits_held', account: 'acme', ...figures, ...retry });
}

describe('the expiry of a hold that is only a guess', () => {
  it('is found in the refusal itself', () => {
    expect([true, false].map((isExact) => guessesExpiry(held(isExact)))).toEqual([false, true]);
  });

  it('is found in any item of a batch, refused as a whole or not', () => {
    for (const [isExact, expected] of [
      [true, false],
      [false, true],
    ] as const) {
      const items = [accepted({}), held(isExact)];
      expect(guessesExpiry(accepted({ mode: 'independent', items }))).toBe(expected);
      expect(guessesExpiry({ ...held(true), items })).toBe(expected);
    }
  });

  it('is found nowhere else', () => {
    expect(guessesExpiry(accepted({ authorization: {} }))).toBe(false);
    expect(guessesExpiry(refused({ code: 'account_suspended', account: 'acme' }))).toBe(false);
  });
});
