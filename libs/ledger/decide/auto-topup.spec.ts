import { describe, expect, it } from '@jest/globals';
import { ZERO } from '#amounts';
import { noChanges } from '../changes.ts';
import { Refused } from '../testing/refused.ts';
import { topupLedgerAt, type TopupFixture } from '../testing/topup-fixture.ts';
import { settle } from './settle.ts';

const HOUR = 60 * 60;

function ledger(): TopupFixture {
  return topupLedgerAt('2026-03-10T12:00:00Z').account('acme');
}

/** Pays for what is under way, and says what is available then. */
function paid(books: TopupFixture): string {
  books.pay(books.mustBeUnderWay());
  return books.available();
}

describe('a rule to buy credits', () => {
  it('buys in the decision that brings the balance to the threshold or below it', () => {
    const books = ledger().grant('100').setAutoTopup();
    books.charge('79');
    expect(books.underWay()).toBeNull();
    books.charge('6');
    expect(books.underWay()).toMatchObject({ credits: '100', automatic: true });
    expect(paid(books)).toBe('115');
    const other = ledger().grant('100').setAutoTopup();
    other.charge('80');
    expect(paid(other)).toBe('120');
  });

  it('looks at what is available, so that holds count, or at what is posted', () => {
    const books = ledger().grant('100').setAutoTopup({ on: 'posted' });
    const hold = books.authorize('90');
    expect(books.underWay()).toBeNull();
    books.commit(hold, '85');
    expect(books.underWay()).not.toBeNull();
    const other = ledger().grant('100').setAutoTopup();
    other.authorize('80');
    expect(other.underWay()).not.toBeNull();
  });

  it('counts debt: 500 owed and 600 bought are 100', () => {
    const books = topupLedgerAt('2026-03-10T12:00:00Z').account('acme', { overdraftLimit: '500' });
    books.setAutoTopup({ enabled: false });
    books.charge('500');
    books.setAutoTopup({ amount: '600' });
    expect(paid(books)).toBe('100');
    expect(books.debt()).toBe('0');
  });

  it('fixes what is missing to a target when it buys', () => {
    const books = ledger().grant('100').setAutoTopup({ target: '150' });
    books.charge('85');
    expect(books.mustBeUnderWay().credits).toBe('135');
    books.charge('10');
    expect(paid(books)).toBe('140');
  });

  it('has one purchase under way, whoever began it', () => {
    const books = ledger().grant('100').setAutoTopup();
    const own = books.buy('5');
    books.charge('90');
    books.charge('5');
    expect(books.ordered()).toEqual([]);
    books.pay(own);
    expect(books.ordered()).toEqual(['100']);
    books.charge('1');
    expect(books.ordered()).toEqual(['100']);
  });

  it('buys again where what was bought isn’t enough', () => {
    const books = ledger().setAutoTopup({ amount: '15' });
    expect(paid(books)).toBe('15');
    expect(paid(books)).toBe('30');
    expect(books.underWay()).toBeNull();
  });

  it('buys nothing for a hold that a refused batch has only tried', () => {
    const books = ledger().grant('100').setAutoTopup();
    const items = [{ amount: '90' }, { amount: '90' }];
    expect(() => books.authorizeBatch('all_or_nothing', items)).toThrow(Refused);
    expect(() => books.chargeBatch('all_or_nothing', items)).toThrow(Refused);
    expect(books.underWay()).toBeNull();
    books.chargeBatch('all_or_nothing', [{ amount: '40' }, { amount: '39' }]);
    expect(books.underWay()).toBeNull();
    books.chargeBatch('all_or_nothing', [{ amount: '1' }]);
    expect(books.ordered()).toEqual(['100']);
  });

  it('buys nothing for an account that is suspended or closed, and at once when it is active again', () => {
    const books = ledger().grant('100').setAutoTopup();
    const hold = books.authorize('50');
    books.suspend().commit(hold, '90');
    expect(books.underWay()).toBeNull();
    books.resume();
    expect(books.underWay()).not.toBeNull();
    const other = ledger().grant('100').setAutoTopup();
    other.close();
    expect(other.underWay()).toBeNull();
  });

  it('buys by the balance of now when time has moved it, and not by one that is past', () => {
    const books = ledger().setAutoTopup({ enabled: false });
    books
      .grant('100', { expiresIn: HOUR })
      .grant('100', { effectiveIn: 2 * HOUR })
      .setAutoTopup();
    books.advance(3 * HOUR).sweep();
    expect(books.underWay()).toBeNull();
    books.grant('50', { expiresIn: HOUR }).charge('40');
    const hold = books.authorize('60', { holdSeconds: 60 });
    books.setAutoTopup({ enabled: false }).void(hold);
    books.setAutoTopup().charge('45');
    expect(books.underWay()).toBeNull();
    books.grant('10', { expiresIn: HOUR });
    books.advance(2 * HOUR).sweep();
    expect(books.ordered()).toEqual([]);
  });

  it('buys when all is booked, although the last of it moves nothing', () => {
    const books = ledger().grant('100', { expiresIn: HOUR }).setAutoTopup();
    const context = books.inOneTransaction(() => undefined);
    const later = { ...context, changes: noChanges(), realNow: context.realNow + 2 * HOUR * 1000 };
    const [accountKey = ''] = context.state.accounts.keys();
    const nothing = { holds: [], reservations: [] };
    const shares = [{ accountKey, grantId: null, amount: ZERO, at: later.realNow - 1 }];
    expect(settle(later, { ...nothing, shares, isPart: true })).toBe(true);
    expect(later.changes.purchases.created.size).toBe(0);
    expect(settle(later, { ...nothing, shares: [], isPart: false })).toBe(false);
    expect(later.changes.purchases.created.size).toBe(1);
  });
});

describe('a balance that is low since a rule was changed', () => {
  /** The rule looks when the balance moves next. */
  const low = (): TopupFixture => {
    const books = ledger().grant('50').setAutoTopup().grant('1', { effectiveIn: HOUR });
    return books.setAutoTopup({ threshold: '60' });
  };

  it('is looked at when a grant comes into effect, however long ago', () => {
    for (const seconds of [HOUR, HOUR + 1]) {
      const books = low();
      expect(books.underWay()).toBeNull();
      books.advance(seconds).sweep();
      expect(books.underWay()).toMatchObject({ automatic: true });
    }
  });

  it('isn’t looked at for a batch that is refused', () => {
    const books = low();
    const items = [{ amount: '40' }, { amount: '40' }];
    expect(() => books.authorizeBatch('all_or_nothing', items)).toThrow(Refused);
    expect(() => books.chargeBatch('all_or_nothing', items)).toThrow(Refused);
    expect(books.underWay()).toBeNull();
  });
});

describe('setting a rule', () => {
  it('buys at once where it is enabled and the balance is low, and not where it is only edited', () => {
    const books = ledger().grant('50').setAutoTopup({ enabled: false });
    books.setAutoTopup({ threshold: '10' });
    expect(books.underWay()).toBeNull();
    books.setAutoTopup({ threshold: '60' });
    expect(books.underWay()).toBeNull();
    books.charge('1');
    expect(books.ordered()).toEqual(['100']);
    books.setAutoTopup({ threshold: '60', amount: '200' });
    expect(books.ordered()).toEqual(['100']);
    expect(ledger().grant('20').setAutoTopup().ordered()).toEqual(['100']);
  });

  it('to nothing stops it, and lets go on what is under way', () => {
    const books = ledger().setAutoTopup({ amount: '15' });
    books.setAutoTopup(null);
    expect(paid(books)).toBe('15');
    expect(books.underWay()).toBeNull();
    expect(() => books.rule()).toThrow();
  });
});

describe('after a decline', () => {
  it('the rule backs off for an hour, and the sweep lets it buy then', () => {
    const books = ledger().setAutoTopup();
    books.decline(books.mustBeUnderWay());
    expect(books.underWay()).toBeNull();
    expect(books.rule().waitsUntil).toBe(books.now + HOUR * 1000);
    const nextAttempt = new Date(books.now + HOUR * 1000).toISOString();
    expect(books.events('topup.failed')[0]?.data).toMatchObject({ next_attempt_at: nextAttempt });
    expect(books.staysSettledFor(HOUR - 1)).toBe(true);
    expect(books.staysSettledFor(HOUR)).toBe(false);
    books
      .grant('1')
      .advance(HOUR - 1)
      .sweep();
    expect(books.underWay()).toBeNull();
    books.advance(1).sweep();
    expect(books.ordered()).toEqual(['100', '100']);
    expect(books.rule().waitsUntil).toBeNull();
  });

  it('the rule buys however late anybody looks', () => {
    const books = ledger().setAutoTopup();
    books.decline(books.mustBeUnderWay());
    books.advance(5 * HOUR).sweep();
    expect(books.ordered()).toEqual(['100', '100']);
  });

  it('the rule buys nothing when it needn’t any more', () => {
    const books = ledger().setAutoTopup();
    books.decline(books.mustBeUnderWay());
    books.grant('100').advance(HOUR).sweep();
    expect(books.ordered()).toEqual(['100']);
    expect(books.rule().waitsUntil).toBeNull();
    expect(books.staysSettledFor(24 * HOUR)).toBe(true);
  });

  it('and two more in a row the rule is suspended, until it is enabled, paid otherwise, or a payment succeeds', () => {
    const suspended = (): TopupFixture => {
      const books = ledger().setAutoTopup();
      for (const more of [true, true, false]) {
        books.decline(books.mustBeUnderWay());
        if (more) books.advance(HOUR).sweep();
      }
      expect(books.rule()).toMatchObject({ suspended: true, declines: 3, waitsUntil: null });
      expect(books.events('topup.suspended')).toHaveLength(1);
      expect(books.events('topup.failed').at(-1)?.data).toMatchObject({ next_attempt_at: null });
      books.advance(24 * HOUR).sweep();
      expect(books.underWay()).toBeNull();
      return books;
    };
    expect(suspended().setAutoTopup().underWay()).not.toBeNull();
    expect(suspended().setAutoTopup({ paymentMethod: 'pm_other' }).underWay()).not.toBeNull();
    const disabled = suspended().setAutoTopup({ enabled: false });
    expect(disabled.rule().suspended).toBe(true);
    expect(disabled.setAutoTopup().underWay()).not.toBeNull();
    const books = suspended();
    books.bought('10');
    expect(books.rule().suspended).toBe(false);
    expect(books.ordered()).toHaveLength(4);
  });

  it('another way to pay is tried at once, and isn’t blamed for what the one before it has declined', () => {
    const books = ledger().setAutoTopup();
    books.setAutoTopup({ paymentMethod: 'pm_other' });
    books.decline(books.mustBeUnderWay());
    expect(books.rule().declines).toBe(0);
    expect(books.ordered()).toHaveLength(2);
  });

  it('of a purchase that somebody made by hand, the rule goes on', () => {
    const books = ledger().grant('100').setAutoTopup();
    const own = books.buy('5');
    books.charge('90');
    books.decline(own);
    expect(books.rule().declines).toBe(0);
    expect(books.underWay()).toMatchObject({ automatic: true });
  });

  it('is forgotten when somebody pays by hand, so that the rule needn’t wait any more', () => {
    const books = ledger().setAutoTopup();
    books.decline(books.mustBeUnderWay());
    expect(books.rule().waitsUntil).not.toBeNull();
    books.bought('10');
    expect(books.rule()).toMatchObject({ declines: 0, waitsUntil: null });
    expect(books.underWay()).toMatchObject({ automatic: true });
  });

  it('that was followed by the money, what was bought is granted, and the rule resumes', () => {
    const books = ledger().setAutoTopup({ cap: { period: 'month', count: 5 } });
    const first = books.mustBeUnderWay();
    books.decline(first);
    books.pay(first);
    expect(books.available()).toBe('100');
    expect(books.rule()).toMatchObject({ declines: 0, declinedAt: null });
  });
});

describe('after a dispute', () => {
  function disputed(): TopupFixture {
    const books = ledger().setAutoTopup();
    const purchase = books.mustBeUnderWay();
    books.pay(purchase);
    books.dispute(purchase);
    return books;
  }

  it('the rule buys nothing, neither for what is frozen nor for what is taken back', () => {
    const books = disputed();
    expect([books.available(), books.underWay()]).toEqual(['0', null]);
    expect(books.rule()).toMatchObject({ suspended: true, declines: 0 });
    expect(books.events('topup.suspended')[0]?.data).toMatchObject({
      declines: 0,
      failure: { code: 'payment_disputed' },
    });
    books.dispute({ id: books.purchases()[0] ?? '' }, 'lost');
    books.advance(24 * HOUR).sweep();
    expect(books.ordered()).toEqual(['100']);
    expect(books.events('topup.suspended')).toHaveLength(1);
  });

  it('about credits that are spent the rule buys nothing either', () => {
    const books = ledger().setAutoTopup();
    const purchase = books.mustBeUnderWay();
    books.pay(purchase);
    books.charge('79');
    books.dispute(purchase, 'lost');
    books.grant('30').charge('30');
    expect(books.ordered()).toEqual(['100']);
  });

  it('the rule goes on when it is set again, or when somebody pays by hand, and by no payment of its own', () => {
    expect(disputed().setAutoTopup().underWay()).not.toBeNull();
    const books = disputed();
    books.bought('5');
    expect(books.underWay()).toMatchObject({ automatic: true });
    const late = ledger().setAutoTopup();
    const purchase = late.mustBeUnderWay();
    late.dispute(purchase);
    late.pay(purchase);
    expect([late.purchase(purchase).status, late.rule().suspended, late.ordered()]).toEqual([
      'disputed',
      true,
      ['100'],
    ]);
  });
});

describe('after a refund', () => {
  it.each([
    ['asked for here', (books: TopupFixture, purchase: { readonly id: string }) => books.refundCredits(purchase)],
    [
      'made at the provider',
      (books: TopupFixture, purchase: { readonly id: string }) => books.refundMoney(purchase, '1000'),
    ],
  ])('%s the rule doesn’t take the money again', (_, refund) => {
    const books = ledger().setAutoTopup();
    const purchase = books.mustBeUnderWay();
    books.pay(purchase);
    refund(books, purchase);
    expect([books.available(), books.ordered(), books.rule().suspended]).toEqual(['0', ['100'], true]);
    expect(books.events('topup.suspended')[0]?.data).toMatchObject({
      declines: 0,
      failure: { code: 'payment_refunded' },
    });
    books.grant('5').charge('5');
    expect(books.ordered()).toEqual(['100']);
    expect(books.setAutoTopup().underWay()).not.toBeNull();
  });

  it('that was made before the payment was known the rule doesn’t take the money again either', () => {
    const books = ledger().setAutoTopup();
    const purchase = books.mustBeUnderWay();
    books.refundMoney(purchase, '1000');
    books.pay(purchase);
    expect([books.available(), books.ordered(), books.rule().suspended]).toEqual(['0', ['100'], true]);
  });

  it('that leaves enough the rule goes on', () => {
    const books = ledger().setAutoTopup();
    const purchase = books.mustBeUnderWay();
    books.pay(purchase);
    books.refundCredits(purchase, '40');
    expect([books.available(), books.rule().suspended]).toEqual(['60', false]);
    books.charge('40');
    expect(books.underWay()).toMatchObject({ automatic: true });
  });
});

describe('another amount than the price', () => {
  it('suspends the rule: money was taken, and an operator has to look at it', () => {
    const books = ledger().setAutoTopup();
    const purchase = books.mustBeUnderWay();
    books.pay(purchase, { paid: { amount: books.amount('0.5'), currency: 'USD' } });
    expect(books.rule()).toMatchObject({ suspended: true, declines: 0 });
    expect(books.events('topup.suspended')[0]?.data).toMatchObject({ failure: { code: 'amount_mismatch' } });
    expect(books.events('topup.failed')[0]?.data).toMatchObject({ next_attempt_at: null });
    books.advance(24 * HOUR).sweep();
    expect(books.ordered()).toEqual(['100']);
    expect(books.setAutoTopup().underWay()).not.toBeNull();
  });
});

describe('a cooldown', () => {
  it('passes between two purchases, and the sweep lets the rule buy after it', () => {
    const books = ledger().setAutoTopup({ cooldown: 600 });
    books.pay(books.mustBeUnderWay());
    books.charge('90');
    expect(books.underWay()).toBeNull();
    books.advance(599).sweep();
    expect(books.underWay()).toBeNull();
    books.advance(1).sweep();
    expect(books.ordered()).toEqual(['100', '100']);
  });
});

describe('a cap', () => {
  it('of two purchases a month refuses the third, says so once, and lets it buy in the next month', () => {
    const books = ledger().setAutoTopup({ cap: { period: 'month', count: 2 } });
    books.pay(books.mustBeUnderWay());
    books.charge('90');
    books.pay(books.mustBeUnderWay());
    books.charge('90');
    expect(books.underWay()).toBeNull();
    books.charge('1');
    books.advance(HOUR).sweep();
    expect(books.events('topup.cap_reached').map(({ data }) => data)).toEqual([
      expect.objectContaining({
        cap: 'count',
        period: 'month',
        window: { start: '2026-03-10T12:00:00.000Z', end: '2026-04-01T00:00:00.000Z' },
        limit: '2',
        bought: '2',
      }),
    ]);
    expect(books.rule().waitsUntil).toBe(Date.parse('2026-04-01T00:00:00Z'));
    books.advance(22 * 24 * HOUR).sweep();
    expect(books.ordered()).toEqual(['100', '100', '100']);
  });

  it('of credits counts what is under way, and not what has failed', () => {
    const books = ledger().setAutoTopup({ cap: { period: 'day', amount: '150' } });
    books.decline(books.mustBeUnderWay());
    books.advance(HOUR).sweep();
    books.pay(books.mustBeUnderWay());
    books.charge('90');
    expect(books.underWay()).toBeNull();
    expect(books.events('topup.cap_reached')[0]?.data).toMatchObject({ cap: 'amount', limit: '150', bought: '100' });
    books.setAutoTopup({ amount: '50', cap: { period: 'day', amount: '150' } });
    expect(books.ordered()).toEqual(['100', '100', '50']);
  });

  it('of credits lets the rule buy as soon as less is missing to its target', () => {
    const books = ledger()
      .grant('100')
      .setAutoTopup({
        threshold: '40',
        target: '100',
        cap: { period: 'month', amount: '150' },
      });
    books.charge('60');
    books.pay(books.mustBeUnderWay());
    books.charge('95');
    expect(books.underWay()).toBeNull();
    books.grant('10');
    expect(books.ordered()).toEqual(['60', '85']);
    expect(books.events('topup.cap_reached')).toHaveLength(1);
  });

  it('lets the rule buy as soon as it is raised, and another one counts from when it was set', () => {
    const books = ledger().setAutoTopup({ amount: '10', cap: { period: 'day', count: 1 } });
    books.pay(books.mustBeUnderWay());
    expect(books.ordered()).toEqual(['10']);
    books.setAutoTopup({ amount: '10', cap: { period: 'day', count: 2 } });
    expect(books.ordered()).toEqual(['10', '10']);
    books.pay(books.mustBeUnderWay());
    books.advance(1).setAutoTopup({ amount: '10', cap: { period: 'week', count: 1 } });
    expect(books.ordered()).toEqual(['10', '10', '10']);
    books.pay(books.mustBeUnderWay());
    books.advance(1).setAutoTopup({ amount: '10', cap: { period: 'day', count: 3 } });
    expect(books.ordered()).toEqual(['10', '10', '10']);
  });

  it('does not count what was bought in the millisecond in which it was set', () => {
    const books = ledger().setAutoTopup();
    books.setAutoTopup({ cap: { period: 'month', count: 1 } });
    books.pay(books.mustBeUnderWay());
    books.charge('90');
    books.advance(0.001).sweep();
    books.pay(books.mustBeUnderWay());
    books.charge('100');
    expect(books.underWay()).toBeNull();
    expect(books.ordered()).toEqual(['100', '100']);
  });
});
