import { describe, expect, it } from '@jest/globals';
import { ZERO } from '#amounts';
import { accepted, refused, type RefusedOutcome } from '../refusals.ts';
import { guessesRetry } from './declines.ts';

function held(retryIsExact: boolean): RefusedOutcome {
  const figures = { account: 'acme', required: ZERO, available: ZERO, held: ZERO, shortfall: ZERO };
  return refused({ code: 'credits_held', retryAfterSeconds: 1, retryIsExact, ...figures });
}

describe('a time to retry that is only a guess', () => {
  it('is found in the refusal itself', () => {
    expect([true, false].map((isExact) => guessesRetry(held(isExact)))).toEqual([false, true]);
  });

  it('is found in any item of a batch, refused as a whole or not', () => {
    for (const [isExact, expected] of [
      [true, false],
      [false, true],
    ] as const) {
      const items = [accepted({}), held(isExact)];
      expect(guessesRetry(accepted({ mode: 'independent', items }))).toBe(expected);
      expect(guessesRetry({ ...held(true), items })).toBe(expected);
    }
  });

  it('is found nowhere else', () => {
    expect(guessesRetry(accepted({ authorization: {} }))).toBe(false);
    expect(guessesRetry(refused({ code: 'account_suspended', account: 'acme' }))).toBe(false);
  });
});
