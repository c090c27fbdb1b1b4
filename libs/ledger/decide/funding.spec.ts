import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf, refusedItemsOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');

describe('a decline', () => {
  it('tells what was required, available, held and short', () => {
    const ledger = account().grant('10');
    ledger.authorize('4');
    expect(refusalOf(() => ledger.authorize('30'))).toEqual({
      code: 'insufficient_credits',
      account: 'acme',
      required: '30',
      available: '6',
      held: '4',
      shortfall: '24',
    });
  });

  it('is insufficient_credits where nothing is held', () => {
    expect(refusalOf(() => account().grant('10').authorize('11')).code).toBe('insufficient_credits');
  });

  it('is credits_held where it would pass once other holds are settled', () => {
    const ledger = account().grant('10');
    ledger.authorize('4');
    expect(refusalOf(() => ledger.authorize('10')).code).toBe('credits_held');
    expect(refusalOf(() => ledger.authorize('10.000000000001')).code).toBe('insufficient_credits');
    expect(refusalOf(() => ledger.charge('10')).code).toBe('credits_held');
  });

  it('counts overdraft that other holds have pinned as held', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' });
    ledger.authorize('8');
    expect(refusalOf(() => ledger.authorize('10')).code).toBe('credits_held');
    expect(refusalOf(() => ledger.authorize('11')).code).toBe('insufficient_credits');
  });

  it('does not count on held credits that may not pay for the request', () => {
    const ledger = account().grant('10', { scope: { tags: { team: 'a' } } });
    ledger.authorize('10', { tags: { team: 'a' } });
    expect(refusalOf(() => ledger.authorize('5', { tags: { team: 'a' } })).code).toBe('credits_held');
    expect(refusalOf(() => ledger.authorize('5')).code).toBe('insufficient_credits');
  });

  it('does not count on held credits of a grant that has expired', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    ledger.authorize('10', { holdSeconds: 3600 });
    expect(refusalOf(() => ledger.authorize('5')).code).toBe('credits_held');
    expect(refusalOf(() => ledger.advance(60).authorize('5')).code).toBe('insufficient_credits');
  });

  it('does not count on held credits of a grant that was voided', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    ledger.authorize('8');
    ledger.voidGrant(grant);
    expect(refusalOf(() => ledger.authorize('5')).code).toBe('insufficient_credits');
  });

  it('does not count on holds that have lapsed: their credits are free already', () => {
    const ledger = account().grant('10');
    ledger.authorize('10', { holdSeconds: 60 });
    ledger.advance(60);
    expect(refusalOf(() => ledger.authorize('11')).code).toBe('insufficient_credits');
    expect(ledger.authorize('10').status).toBe('authorized');
  });
});

describe('Retry-After of a decline for held credits', () => {
  it('is the earliest expiry of a hold, in whole seconds, rounded up', () => {
    const ledger = account().grant('10');
    ledger.authorize('4', { holdSeconds: 300 });
    ledger.authorize('4', { holdSeconds: 60 });
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
    ledger.advance(0.001);
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
    ledger.advance(59.5);
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 1 });
    ledger.advance(0.499);
    expect(refusalOf(() => ledger.authorize('7'))).toMatchObject({ retryAfterSeconds: 240 });
  });

  it('is the earliest also among holds of the same transaction', () => {
    const ledger = account().grant('10');
    ledger.inOneTransaction(() => {
      ledger.authorize('4', { holdSeconds: 60 });
      ledger.authorize('4', { holdSeconds: 300 });
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
    });
  });

  it('passes over a hold that the same transaction has closed, and follows one that it has extended', () => {
    const ledger = account().grant('10');
    ledger.inOneTransaction(() => {
      const [first, second] = [ledger.authorize('4', { holdSeconds: 60 }), ledger.authorize('3', { holdSeconds: 120 })];
      ledger.authorize('3', { holdSeconds: 300 });
      ledger.void(first);
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 120, retryIsExact: true });
      ledger.extend(second, { holdSeconds: 180 });
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 180, retryIsExact: true });
      ledger.commit(second);
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 300, retryIsExact: true });
    });
  });

  it('is a guess, and says so, once all holds that are known are closed', () => {
    const ledger = account().grant('10');
    const holds = [60, 120, 300].map((holdSeconds) => ledger.authorize('3', { holdSeconds }));
    ledger.inOneTransaction(() => {
      // The fixture reads no more than the two that expire first.
      for (const hold of holds.slice(0, 2)) ledger.commit(hold);
      expect(refusalOf(() => ledger.authorize('3'))).toMatchObject({ retryAfterSeconds: 120, retryIsExact: false });
    });
    expect(refusalOf(() => ledger.authorize('3'))).toMatchObject({ retryAfterSeconds: 300, retryIsExact: true });
  });

  it('passes when it has been waited for', () => {
    const ledger = account().grant('10');
    ledger.authorize('8', { holdSeconds: 60 });
    const refusal = refusalOf(() => ledger.authorize('5'));
    ledger.advance('retryAfterSeconds' in refusal ? refusal.retryAfterSeconds : 0);
    expect(ledger.authorize('5').held).toBe('5');
  });
});

describe('a decline within a batch', () => {
  const batch =
    (ledger: LedgerFixture, ...amounts: string[]) =>
    () =>
      ledger.authorizeBatch(
        'all_or_nothing',
        amounts.map((amount) => ({ amount, holdSeconds: 60 })),
      );

  it('is insufficient_credits where only the batch itself has held the credits', () => {
    const ledger = account().grant('10');
    expect(refusalOf(batch(ledger, '6', '6'))).toMatchObject({
      code: 'insufficient_credits',
      available: '4',
      shortfall: '2',
    });
  });

  it('is credits_held where other holds, and not its own, leave too little', () => {
    const ledger = account().grant('12');
    ledger.authorize('2');
    expect(refusalOf(batch(ledger, '6', '6'))).toMatchObject({ code: 'credits_held', available: '4', shortfall: '2' });
    expect(refusalOf(batch(ledger, '6', '7')).code).toBe('insufficient_credits');
  });

  it('is insufficient_credits where the credits held by others would serve either of two items, but not both', () => {
    const ledger = account().grant('10');
    ledger.authorize('5');
    expect(refusalOf(batch(ledger, '10', '10')).code).toBe('insufficient_credits');
  });

  it('says when another hold expires, not its own', () => {
    const ledger = account().grant('12');
    ledger.authorize('2', { holdSeconds: 300 });
    expect(refusalOf(batch(ledger, '6', '6'))).toMatchObject({ code: 'credits_held', retryAfterSeconds: 300 });
  });

  it('names as held only what others hold', () => {
    const ledger = account().grant('12');
    ledger.authorize('2');
    expect(refusalOf(batch(ledger, '6', '6'))).toMatchObject({ held: '2' });
  });

  it('counts overdraft that the batch itself has pinned as its own', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' });
    expect(refusalOf(batch(ledger, '6', '6')).code).toBe('insufficient_credits');
    ledger.authorize('2');
    expect(refusalOf(batch(ledger, '6', '4')).code).toBe('credits_held');
  });

  it('counts earlier items as others where each item is decided on its own', () => {
    const ledger = account().grant('10');
    const { items } = ledger.authorizeBatch('independent', [{ amount: '6' }, { amount: '6' }]);
    expect(items).toMatchObject([{ ok: true }, { ok: false, refusal: { code: 'credits_held' } }]);
  });

  it('names each item that falls short, and by how much', () => {
    const ledger = account().grant('10');
    const items = refusedItemsOf(batch(ledger, '6', '7', '4', '1'));
    expect(items).toMatchObject([
      { ok: true },
      { ok: false, refusal: { required: '7', available: '4', shortfall: '3' } },
      { ok: true },
      { ok: false, refusal: { required: '1', available: '0', shortfall: '1' } },
    ]);
  });
});
