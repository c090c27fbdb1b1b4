import { describe, expect, it } from '@jest/globals';
import { ZERO } from '#amounts';
import { accepted, refused, type RefusedOutcome } from '../refusals.ts';
import { ledgerAt } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';
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

describe('what is reported as declined', () => {
  it('is what has asked for credits, and not a grant to a closed account', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme');
    ledger.close();
    for (const ask of [() => ledger.charge('1'), () => ledger.authorize('1'), () => ledger.createGrant('1')])
      expect(refusalOf(ask).code).toBe('account_closed');
    ledger.advance(120).sweepWith([]);
    // The fixture reports each transaction's by itself.
    expect(ledger.events('authorization.declined')).toHaveLength(2);
  });
});
