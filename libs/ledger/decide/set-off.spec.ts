import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import type { PlainAuthorization } from '../testing/plain-authorization.ts';
import { pricedLedgerAt } from '../testing/priced-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** Of January. */
const MONTH = 31 * DAY;

/** An account that is to spend 100 in January, and has spent nothing when its last hour begins. */
function inLastHour(
  options: Parameters<LedgerFixture['account']>[1] = {},
  fund: (ledger: LedgerFixture) => LedgerFixture = (ledger) => ledger.grant('100'),
): LedgerFixture {
  const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { commitment: '100', ...options });
  return fund(ledger).advance(MONTH - HOUR);
}

/** Holds, and lets the holds lapse before the month ends: the shortfall takes what there is. */
function lapsed(ledger: LedgerFixture, ...amounts: readonly string[]): PlainAuthorization[] {
  const holds = amounts.map((amount) => ledger.authorize(amount, { holdSeconds: HOUR / 2 }));
  ledger.advance(2 * HOUR).sweep();
  return holds;
}

/** What the last set-off left of the shortfall. */
function setOff(ledger: LedgerFixture): unknown {
  const { set_off, spent, charged, uncollected } = ledger.events('commitment.set_off').at(-1)?.data as never;
  return { set_off, spent, charged, uncollected };
}

const nobody = { id: '' };

describe('usage that comes late', () => {
  it.each(['cap', 'reject', 'debt'] as const)(
    'is paid by what was charged for the shortfall, where that took all there was (%s)',
    (overage) => {
      const ledger = inLastHour({ overage, ...(overage === 'debt' && { overdraftLimit: '10' }) });
      const [hold = nobody] = lapsed(ledger, '60');
      expect(ledger.booked('commitment')).toEqual(['100']);
      expect(ledger.commit(hold, '60')).toMatchObject({ committed: '60', uncollected: '0', debtDrawn: '0' });
      expect(ledger.balance().posted).toBe('0');
      expect(ledger.events('commitment.set_off')).toHaveLength(1);
      expect(setOff(ledger)).toEqual({ set_off: '60', spent: '60', charged: '40', uncollected: '0' });
      expect(ledger.events('usage.uncollected')).toEqual([]);
      ledger.checkPastBalances();
    },
  );

  it('is booked with the correction of the shortfall, in one transaction that moves no balance', () => {
    const ledger = inLastHour();
    const [hold = nobody] = lapsed(ledger, '60');
    ledger.setAlerts({ remaining: ['50'] }).commit(hold, '60');
    const [shortfall] = ledger.transfers('commitment');
    const [usage, refund] = ledger.transfers().slice(-2);
    expect(usage).toMatchObject({ kind: 'usage', debit: 'grant', amount: '60', authorizationId: hold.id });
    expect(refund).toMatchObject({
      kind: 'refund',
      credit: 'grant',
      amount: '60',
      grantId: usage?.grantId,
      authorizationId: null,
      corrects: shortfall?.transactionId,
      transactionId: usage?.transactionId,
    });
    expect(ledger.events('balance.low', 'balance.replenished')).toEqual([]);
  });

  it('goes on with credits that ended with its month, and leaves those of the next one alone', () => {
    const ledger = inLastHour({}, (it) => it.grant('100', { expiresIn: MONTH, category: 'included' }));
    const [hold = nobody] = lapsed(ledger, '60');
    ledger.grant('500');
    expect(ledger.commit(hold, '60')).toMatchObject({ committed: '60' });
    expect(ledger.remaining()).toEqual(['0', '500']);
    expect(ledger.booked('breakage')).toEqual([]);
  });

  it('goes on with credits of a grant that was voided, or whose account was closed', () => {
    const voided = inLastHour({}, (it) => it.grant('300'));
    const [hold = nobody] = lapsed(voided, '60');
    voided.voidGrant({ id: voided.transfers('grant')[0]?.grantId ?? '' });
    expect(voided.commit(hold, '60')).toMatchObject({ committed: '60', uncollected: '0' });
    expect(voided.booked('grant_void')).toEqual(['200']);
    const closed = inLastHour({}, (it) => it.grant('300'));
    const [last = nobody] = lapsed(closed, '60');
    closed.close();
    expect(closed.commit(last, '60')).toMatchObject({ committed: '60', uncollected: '0' });
    expect(closed.booked('breakage')).toEqual(['200']);
  });

  it('is charged as the overage policy says for what goes beyond the shortfall', () => {
    const ledger = inLastHour({}, (it) => it.grant('110'));
    const [hold = nobody] = lapsed(ledger, '60');
    expect(ledger.commit(hold, '125')).toMatchObject({ committed: '110', uncollected: '15' });
    expect(setOff(ledger)).toEqual({ set_off: '100', spent: '110', charged: '0', uncollected: '0' });
    const strict = inLastHour({ overage: 'reject' }, (it) => it.grant('110'));
    const [other = nobody] = lapsed(strict, '60');
    expect(refusalOf(() => strict.commit(other, '125'))).toMatchObject({
      code: 'insufficient_credits',
      required: '125',
      available: '110',
      shortfall: '15',
    });
    expect(strict.commit(other, '110').committed).toBe('110');
  });

  it('takes what was charged first, and lowers what wasn’t collected by what it is charged beyond that', () => {
    const ledger = inLastHour({}, (it) => it.grant('40'));
    const holds = lapsed(ledger, '30', '5');
    const [hold = nobody, other = nobody] = holds;
    expect(ledger.events('commitment.settled')).toMatchObject([{ data: { charged: '40', uncollected: '60' } }]);
    expect(ledger.commit(hold, '50')).toMatchObject({ committed: '40', uncollected: '10' });
    expect(setOff(ledger)).toEqual({ set_off: '40', spent: '40', charged: '0', uncollected: '60' });
    ledger.grant('500');
    ledger.commit(other, '5');
    expect(setOff(ledger)).toEqual({ set_off: '5', spent: '45', charged: '0', uncollected: '55' });
    expect(ledger.balance().posted).toBe('495');
  });

  it('takes over credits before debt, and makes no other debt', () => {
    const ledger = inLastHour({ overage: 'debt', overdraftLimit: '40' }, (it) => it.grant('60'));
    const [hold = nobody] = lapsed(ledger, '50');
    expect(ledger.debt()).toBe('40');
    expect(ledger.commit(hold, '80')).toMatchObject({ committed: '80', debtDrawn: '20', uncollected: '0' });
    expect(ledger.debt()).toBe('40');
    expect(setOff(ledger)).toEqual({ set_off: '80', spent: '80', charged: '20', uncollected: '0' });
  });

  it('goes on with debt that is repaid by now, and a refund goes to the grant that repaid it', () => {
    const ledger = inLastHour({ overage: 'debt', overdraftLimit: '200' }, (it) => it);
    const [hold = nobody] = lapsed(ledger, '50');
    ledger.grant('150');
    expect(ledger.debt()).toBe('0');
    const late = ledger.commit(hold, '60');
    expect(late).toMatchObject({ committed: '60', debtDrawn: '60' });
    expect(ledger.remaining()).toEqual(['50']);
    ledger.refund(late, '25');
    expect(ledger.debt()).toBe('0');
    expect(ledger.remaining()).toEqual(['75']);
  });

  it('is set off commit by commit, until nothing of the shortfall is left', () => {
    const ledger = inLastHour();
    const [first = nobody, second = nobody, third = nobody] = lapsed(ledger, '30', '30', '40');
    ledger.grant('500');
    ledger.inOneTransaction(() => {
      ledger.commit(first, '30');
      ledger.commit(second, '50');
    });
    expect(setOff(ledger)).toEqual({ set_off: '50', spent: '80', charged: '20', uncollected: '0' });
    expect(ledger.commit(third, '40').committed).toBe('40');
    expect(setOff(ledger)).toEqual({ set_off: '20', spent: '120', charged: '0', uncollected: '0' });
    expect(ledger.remaining()).toEqual(['0', '480']);
  });

  it('beyond an open hold is paid by the shortfall after what the hold has pinned', () => {
    const ledger = inLastHour();
    const hold = ledger.authorize('30', { holdSeconds: DAY });
    ledger.advance(2 * HOUR).sweep();
    expect(ledger.booked('commitment')).toEqual(['70']);
    expect(ledger.commit(hold, '20', { final: false })).toMatchObject({ committed: '20' });
    expect(setOff(ledger)).toEqual({ set_off: '20', spent: '20', charged: '70', uncollected: '10' });
    // 10 are pinned, which the shortfall couldn't have collected; of what it has collected 60 pay for the excess.
    expect(ledger.commit(hold, '70')).toMatchObject({ committed: '90', uncollected: '0' });
    expect(setOff(ledger)).toEqual({ set_off: '70', spent: '90', charged: '10', uncollected: '0' });
    expect(ledger.remaining()).toEqual(['0']);
  });

  it('is refunded like other usage: to its grant, or with it to breakage', () => {
    const living = inLastHour();
    const [first = nobody] = lapsed(living, '60');
    living.refund(living.commit(first, '60'), '50');
    expect(living.remaining()).toEqual(['50']);
    const over = inLastHour({}, (it) => it.grant('100', { expiresIn: MONTH }));
    const [second = nobody] = lapsed(over, '60');
    const late = over.commit(second, '60');
    expect(over.refund(late, '50')).toMatchObject({ committed: '60', refunded: '50' });
    expect(over.booked('breakage')).toEqual(['50']);
    expect(over.booked('commitment')).toEqual(['100']);
  });

  it('after a refund fills the gap first that the refund has left', () => {
    const ledger = inLastHour({}, (it) => it.grant('130'));
    ledger.refund(ledger.charge('30'), '5');
    const [hold = nobody] = lapsed(ledger, '60');
    expect(ledger.booked('commitment')).toEqual(['75']);
    const charge = ledger.transfers('usage')[0]?.authorizationId ?? '';
    ledger.refund({ id: charge }, '25');
    expect(ledger.balance().posted).toBe('55');
    // 40 more are spent of what is 100 less than that: 15 of the shortfall aren't missing any more.
    expect(ledger.commit(hold, '40').committed).toBe('40');
    expect(setOff(ledger)).toEqual({ set_off: '15', spent: '40', charged: '60', uncollected: '0' });
    expect(ledger.balance().posted).toBe('30');
  });
});

describe('an adjustment after the month', () => {
  function used(amount: string) {
    const ledger = pricedLedgerAt('2026-01-01T00:00:00Z').account('acme', { commitment: '100' }).grant('100');
    const charge = ledger.charge(amount);
    ledger.advance(MONTH + HOUR).sweep();
    return { ledger, charge };
  }
  const to = (amount: string) => [[], { amount }] as const;

  it('that goes up is paid by what was charged for the shortfall', () => {
    const { ledger, charge } = used('30');
    expect(ledger.booked('commitment')).toEqual(['70']);
    expect(ledger.adjust(charge, ...to('90'))).toMatchObject({ committed: '90', uncollected: '0' });
    expect(setOff(ledger)).toEqual({ set_off: '60', spent: '90', charged: '10', uncollected: '0' });
    expect(ledger.adjust(charge, ...to('115'))).toMatchObject({ committed: '100', uncollected: '15' });
    expect(setOff(ledger)).toEqual({ set_off: '10', spent: '100', charged: '0', uncollected: '0' });
  });

  it('that goes down gives back, and doesn’t raise the shortfall; up again, that is charged before anything is set off', () => {
    const { ledger, charge } = used('30');
    ledger.adjust(charge, ...to('70'));
    expect(setOff(ledger)).toEqual({ set_off: '40', spent: '70', charged: '30', uncollected: '0' });
    ledger.adjust(charge, ...to('20'));
    expect(ledger.booked('commitment')).toEqual(['70']);
    expect(ledger.balance().posted).toBe('50');
    expect(ledger.adjust(charge, ...to('75'))).toMatchObject({ committed: '125', refunded: '50', uncollected: '0' });
    expect(setOff(ledger)).toEqual({ set_off: '5', spent: '75', charged: '25', uncollected: '0' });
    expect(ledger.balance().posted).toBe('0');
  });
});
