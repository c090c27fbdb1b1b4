import { describe, expect, it } from '@jest/globals';
import { ZERO } from '#amounts';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { settle } from './settle.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');

describe('a hold', () => {
  it('is released at the instant of its expiry, and not a millisecond before', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(ledger.advance(59.999).balance()).toEqual({ posted: '10', held: '8', available: '2' });
    expect(ledger.find(hold).status).toBe('authorized');
    expect(ledger.advance(0.001).balance()).toEqual({ posted: '10', held: '0', available: '10' });
    expect(ledger.find(hold).status).toBe('expired');
  });

  it('can be committed in time one millisecond before its expiry, and late from then on', () => {
    const ledger = account().grant('10');
    const [first, second] = [ledger.authorize('4', { holdSeconds: 60 }), ledger.authorize('4', { holdSeconds: 60 })];
    expect(ledger.advance(59.999).commit(first).late).toBe(false);
    expect(ledger.advance(0.001).commit(second).late).toBe(true);
  });

  it('gives its credits to the next request without any sweep', () => {
    const ledger = account().grant('10');
    ledger.authorize('10', { holdSeconds: 60 });
    expect(ledger.advance(60).authorize('10').held).toBe('10');
  });

  it('gives its overdraft back', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' });
    ledger.authorize('10', { holdSeconds: 60 });
    expect(ledger.advance(60).charge('10').debtDrawn).toBe('10');
  });

  it('is closed as of its expiry, whenever that is booked', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(3600).sweep();
    expect(ledger.find(hold)).toMatchObject({
      status: 'expired',
      held: '0',
      allocations: [],
      closedAt: hold.expiresAt,
    });
  });

  it('keeps what it was charged in parts', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.commit(hold, '3', { final: false });
    ledger.advance(60);
    expect(ledger.find(hold)).toMatchObject({ status: 'expired', committed: '3', held: '0' });
    expect(ledger.balance()).toEqual({ posted: '7', held: '0', available: '7' });
  });
});

describe('a grant', () => {
  it('is unspendable from the instant of its expiry, and not a millisecond before', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    expect(ledger.advance(59.999).available()).toBe('10');
    expect(ledger.charge('1').committed).toBe('1');
    expect(ledger.advance(0.001).available()).toBe('0');
    expect(ledger.remaining()).toEqual(['0']);
  });

  it('becomes breakage once, however often it is swept', () => {
    const ledger = account().grant('10', { expiresIn: 60 }).grant('5');
    ledger.charge('4');
    ledger.advance(60).sweep().sweep().advance(60).sweep();
    expect(ledger.transfers('breakage')).toMatchObject([{ debit: 'grant', credit: 'breakage', amount: '6' }]);
    expect(ledger.balance()).toEqual({ posted: '5', held: '0', available: '5' });
  });

  it('that expires keeps what holds have pinned of it, and nothing more', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    ledger.authorize('3', { holdSeconds: 600 });
    ledger.advance(60).sweep();
    expect(ledger.booked('breakage')).toEqual(['7']);
    expect(ledger.balance()).toEqual({ posted: '3', held: '3', available: '0' });
  });

  it('is not shielded from expiry by a hold on another one', () => {
    const ledger = account().grant('10', { priority: 1, expiresIn: 60 }).grant('10', { priority: 2, expiresIn: 60 });
    ledger.authorize('4', { holdSeconds: 600 });
    ledger.advance(60).sweep();
    expect(ledger.remaining()).toEqual(['4', '0']);
    expect(ledger.booked('breakage')).toEqual(['6', '10']);
  });

  it('that has expired gets what a hold releases as breakage, and no other hold does', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    const hold = ledger.authorize('4', { holdSeconds: 600 });
    ledger.advance(60);
    ledger.void(hold);
    expect(ledger.booked('breakage')).toEqual(['6', '4']);
    expect(ledger.available()).toBe('0');
  });

  it('and its hold may expire in one sweep', () => {
    const ledger = account().grant('10', { expiresIn: 30 });
    ledger.authorize('4', { holdSeconds: 60 });
    ledger.advance(60).sweep();
    expect(ledger.booked('breakage').toSorted()).toEqual(['4', '6']);
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('that was voided gives what a lapsed hold releases back to funding', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { category: 'promotional', expiresIn: 3600 });
    ledger.authorize('4', { holdSeconds: 60 });
    ledger.voidGrant(grant);
    ledger.advance(60).sweep();
    expect(ledger.transfers('grant_void')).toMatchObject([
      { credit: 'funding:promotional', amount: '6' },
      { credit: 'funding:promotional', amount: '4' },
    ]);
  });

  it('that has yet to take effect is left alone', () => {
    const ledger = account().grant('10', { effectiveIn: 60 });
    ledger.sweep();
    expect(ledger.remaining()).toEqual(['10']);
    expect(ledger.booked('breakage')).toEqual([]);
  });
});

describe('what time alone did is booked', () => {
  const START = Date.parse('2026-01-01T00:00:00Z');
  const bookedAt = (ledger: LedgerFixture, kind: 'breakage' | 'grant_void'): (string | number)[][] =>
    ledger.transfers(kind).map(({ amount, createdAt }) => [amount, (createdAt - START) / 1000]);

  it('as of the expiry of a grant for the rest of it, however late a sweep comes', () => {
    const ledger = account().grant('10', { expiresIn: 60 }).grant('5', { expiresIn: 90 });
    ledger.advance(3600).sweep();
    expect(bookedAt(ledger, 'breakage')).toEqual([
      ['10', 60],
      ['5', 90],
    ]);
  });

  it('as of the expiry of the hold for what it let go of a grant that had expired before', () => {
    const ledger = account().grant('10', { expiresIn: 30 });
    ledger.authorize('4', { holdSeconds: 60 });
    ledger.advance(3600).sweep();
    expect(bookedAt(ledger, 'breakage')).toEqual([
      ['6', 30],
      ['4', 60],
    ]);
  });

  it('as of the expiry of the grant for what a hold had let go of before', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    ledger.authorize('4', { holdSeconds: 30 });
    ledger.advance(3600).sweep();
    expect(bookedAt(ledger, 'breakage')).toEqual([['10', 60]]);
  });

  it('as of the expiry of the hold for what it let go of a voided grant', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    ledger.authorize('4', { holdSeconds: 60 });
    ledger.advance(10).voidGrant(grant);
    ledger.advance(3600).sweep();
    expect(bookedAt(ledger, 'grant_void')).toEqual([
      ['6', 10],
      ['4', 60],
    ]);
  });

  it('and what a request lets go, as of that request', () => {
    const ledger = account().grant('10', { expiresIn: 30 });
    const [first, second] = [ledger.authorize('4', { holdSeconds: 600 }), ledger.authorize('3', { holdSeconds: 600 })];
    ledger.advance(60).void(first);
    ledger.advance(60).commit(second, '1');
    expect(bookedAt(ledger, 'breakage')).toEqual([
      ['3', 30],
      ['4', 60],
      ['2', 120],
    ]);
  });

  it('so that the balance of any past instant can be computed, whoever booked it and when', () => {
    const ledger = account().grant('10', { expiresIn: 50 }).grant('20', { effectiveIn: 40 });
    ledger.authorize('4', { holdSeconds: 60 });
    ledger.authorize('3', { holdSeconds: 20 });
    const prompt = [20, 20, 10, 10].map((seconds) => ledger.advance(seconds).balance());
    ledger.charge('1');
    expect(prompt.map(({ posted, held }) => [posted, held])).toEqual([
      ['10', '4'],
      ['30', '4'],
      ['24', '4'],
      ['20', '0'],
    ]);
    ledger.checkPastBalances();
  });
});

describe('settling', () => {
  it('touches nothing where time has done nothing', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    ledger.authorize('4', { holdSeconds: 60 });
    const { changes } = ledger.advance(59.999).inOneTransaction(() => undefined);
    expect(changes.accounts.updated.size + changes.grants.updated.size + changes.authorizations.updated.size).toBe(0);
    expect(changes.transfers).toEqual([]);
  });
});

describe('settling a part of what has lapsed', () => {
  it('takes any number of shares', () => {
    const context = account().inOneTransaction(() => undefined);
    const [accountKey = ''] = context.state.accounts.keys();
    const share = { accountKey, grantId: null, amount: ZERO, at: Date.parse('2026-01-01T00:00:00Z') };
    const shares = Array.from({ length: 300_000 }, () => share);
    expect(() => settle(context, { shares, reservations: [], holds: [], isPart: true })).not.toThrow();
  });
});

describe('an account stays settled', () => {
  const settledFor = (ledger: LedgerFixture, ...seconds: readonly number[]): boolean[] =>
    seconds.map((one) => ledger.staysSettledFor(one));

  it('for good where time changes nothing', () => {
    expect(settledFor(account().grant('10'), 0, 1_000_000)).toEqual([true, true]);
  });

  it('until the first of its holds expires', () => {
    const ledger = account().grant('10');
    ledger.authorize('1', { holdSeconds: 120 });
    ledger.authorize('1', { holdSeconds: 60 });
    expect(settledFor(ledger, 59.999, 60, 61)).toEqual([true, false, false]);
  });

  it('until a grant expires that has anything left', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    expect(settledFor(ledger, 59.999, 60)).toEqual([true, false]);
    ledger.charge('10');
    expect(settledFor(ledger, 60)).toEqual([true]);
  });

  it('until a grant comes into effect', () => {
    expect(settledFor(account().grant('10', { effectiveIn: 60 }), 59.999, 60)).toEqual([true, false]);
  });

  it('when an expired grant was booked, as long as holds keep the rest of it', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    ledger.authorize('4', { holdSeconds: 600 });
    ledger.advance(60);
    ledger.sweep();
    expect(settledFor(ledger, 0, 539.999, 540)).toEqual([true, true, false]);
  });

  it('when a grant that was voided would expire, as long as holds keep the rest of it', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { expiresIn: 60 });
    ledger.authorize('4', { holdSeconds: 600 });
    ledger.voidGrant(grant);
    expect(settledFor(ledger, 0, 60, 599.999, 600)).toEqual([true, true, true, false]);
  });
});
