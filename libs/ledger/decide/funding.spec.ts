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
      outOfScope: '0',
    });
  });

  it('names the free credits that a scope keeps from it, and no others', () => {
    const ledger = account()
      .grant('5', { scope: { models: ['large'] } })
      .grant('3', { scope: { events: ['chat'] } });
    ledger.grant('7', { scope: { models: ['large'] }, expiresIn: 60 }).grant('2', { effectiveIn: 60 });
    const chat = [{ event: 'chat', model: 'large' }];
    ledger.authorize('4', { usage: chat, holdSeconds: 600 });
    expect(refusalOf(() => ledger.authorize('4', { usage: [{ event: 'chat', model: 'small' }] }))).toMatchObject({
      available: '3',
      outOfScope: '8',
    });
    ledger.advance(60);
    expect(refusalOf(() => ledger.charge('6'))).toMatchObject({ available: '2', outOfScope: '8' });
    expect(refusalOf(() => ledger.charge('60', { usage: chat }))).toMatchObject({ available: '10', outOfScope: '0' });
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
  it('is how long the account’s holds usually last, in whole seconds, rounded up', () => {
    const ledger = account().grant('10');
    const first = ledger.authorize('4', { holdSeconds: 900 });
    ledger.advance(3.001).commit(first, '0');
    ledger.authorize('8', { holdSeconds: 900 });
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({
      retryAfterSeconds: 4,
      holdExpiresAt: ledger.now + 900_000,
    });
  });

  it('counts holds that were committed, voided or have expired, and nothing that never held', () => {
    const retryAfter = (end: (ledger: LedgerFixture) => void): unknown => {
      const ledger = account().grant('20');
      ledger.authorize('1', { holdSeconds: 100 });
      end(ledger.advance(10));
      ledger.authorize('15', { holdSeconds: 900 });
      const refusal = refusalOf(() => ledger.authorize('10'));
      return 'retryAfterSeconds' in refusal && refusal.retryAfterSeconds;
    };
    const hold = (ledger: LedgerFixture): { readonly id: string } => ledger.authorize('2', { holdSeconds: 400 });
    expect([
      retryAfter((ledger) => ledger.charge('1')),
      retryAfter((ledger) => ledger.advance(90)),
      retryAfter((ledger) => ledger.advance(10).void(hold(ledger))),
      retryAfter((ledger) => {
        const open = hold(ledger);
        ledger.commit(open, '1', { final: false });
        ledger.advance(20).commit(open, '1');
      }),
    ]).toEqual([90, 100, 1, 20]);
  });

  it('is at least a second, and no longer than until the next hold expires', () => {
    const ledger = account().grant('10');
    ledger.commit(ledger.authorize('1'), '1');
    ledger.authorize('8', { holdSeconds: 900 });
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 1 });
    const other = account().grant('10');
    const long = other.authorize('1');
    other.advance(300).commit(long);
    other.authorize('8', { holdSeconds: 60 });
    expect(refusalOf(() => other.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
  });

  it('is the earliest expiry of a hold where none has settled yet', () => {
    const ledger = account().grant('10');
    ledger.authorize('4', { holdSeconds: 300 });
    ledger.authorize('4', { holdSeconds: 60 });
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
    ledger.advance(0.001);
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
    ledger.advance(59.5);
    expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 1 });
    ledger.advance(0.499);
    expect(refusalOf(() => ledger.authorize('7'))).toMatchObject({
      retryAfterSeconds: 60,
      holdExpiresAt: ledger.now + 240_000,
    });
  });

  it('is the earliest also among holds of the same transaction', () => {
    const ledger = account().grant('10');
    ledger.inOneTransaction(() => {
      ledger.authorize('4', { holdSeconds: 60 });
      ledger.authorize('4', { holdSeconds: 300 });
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({ retryAfterSeconds: 60 });
    });
  });

  it('comes with the next expiry, which passes over a hold that the same transaction has closed, and follows one that it has extended', () => {
    const ledger = account().grant('10');
    ledger.inOneTransaction(() => {
      const [first, second] = [ledger.authorize('4', { holdSeconds: 60 }), ledger.authorize('3', { holdSeconds: 120 })];
      ledger.authorize('3', { holdSeconds: 300 });
      ledger.void(first);
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({
        holdExpiresAt: ledger.now + 120_000,
        expiryIsExact: true,
      });
      ledger.extend(second, { holdSeconds: 180 });
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({
        holdExpiresAt: ledger.now + 180_000,
        expiryIsExact: true,
      });
      ledger.commit(second);
      expect(refusalOf(() => ledger.authorize('5'))).toMatchObject({
        holdExpiresAt: ledger.now + 300_000,
        expiryIsExact: true,
      });
    });
  });

  it('comes with an expiry that is a guess, and says so, once all holds that are known are closed', () => {
    const ledger = account().grant('10');
    const holds = [60, 120, 300].map((holdSeconds) => ledger.authorize('3', { holdSeconds }));
    ledger.inOneTransaction(() => {
      // The fixture reads no more than the two that expire first.
      for (const hold of holds.slice(0, 2)) ledger.commit(hold);
      expect(refusalOf(() => ledger.authorize('3'))).toMatchObject({
        holdExpiresAt: ledger.now + 120_000,
        expiryIsExact: false,
      });
    });
    expect(refusalOf(() => ledger.authorize('3'))).toMatchObject({
      holdExpiresAt: ledger.now + 300_000,
      expiryIsExact: true,
    });
  });

  it('passes when it has been waited for', () => {
    const ledger = account().grant('10');
    ledger.authorize('8', { holdSeconds: 60 });
    const refusal = refusalOf(() => ledger.authorize('5'));
    ledger.advance(refusal.code === 'credits_held' ? refusal.retryAfterSeconds : 0);
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
