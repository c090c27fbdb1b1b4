import { describe, expect, it } from '@jest/globals';
import { recurringLedgerAt, type RecurringFixture, type RecurringOptions } from '../testing/recurring-fixture.ts';

function monthly(amount: string, rollover: RecurringOptions['rollover'] & object): RecurringFixture {
  return recurringLedgerAt('2026-01-01T00:00:00Z').account('acme').recurring('plan', amount, { rollover });
}

describe('what is left of a period', () => {
  it('rolls over up to a bound, and the oldest is trimmed first', () => {
    const ledger = monthly('400', { max: '500' });
    ledger.charge('250');
    expect(ledger.until('2026-02-01T00:00:00Z').available()).toBe('550');
    expect(ledger.until('2026-03-01T00:00:00Z').granted()).toEqual([
      '2026-01-01 +400 (0)',
      '2026-02-01 ~150 (100)',
      '2026-02-01 +400 (0)',
      '2026-03-01 ~400 (400)',
      '2026-03-01 +400 (400)',
    ]);
    expect(ledger.booked('breakage')).toEqual(['50']);
    expect(ledger.transfers('rollover')).toMatchObject([
      { debit: 'grant', credit: 'grant', amount: '150', createdAt: Date.parse('2026-02-01') },
      { amount: '400' },
    ]);
    ledger.checkPastBalances();
  });

  it('rolls over in part, where it is said to, exactly', () => {
    const ledger = monthly('100', { percent: '33.3' });
    ledger.charge('0.000000000003');
    ledger.until('2026-02-01T00:00:00Z').sweep();
    expect(ledger.booked('rollover')).toEqual(['33.299999999999']);
    expect(ledger.booked('breakage')).toEqual(['66.699999999998']);
  });

  it('lives for so many periods, and doesn’t roll over again', () => {
    const ledger = monthly('100', { periods: 2 }).until('2026-02-01T00:00:00Z');
    ledger.deleteRecurring('plan');
    expect(ledger.until('2026-03-31T23:59:59.999Z').available()).toBe('200');
    expect(ledger.advance(0.001).available()).toBe('100');
  });

  it('is spent after the allowance of the running period, where it lives longer', () => {
    const ledger = monthly('100', {}).until('2026-02-01T00:00:00Z');
    ledger.charge('110');
    expect(ledger.granted()).toEqual(['2026-01-01 +100 (0)', '2026-02-01 ~100 (90)', '2026-02-01 +100 (0)']);
  });

  it('rolls over also where a hold lets it go after the end, up to the bound', () => {
    const ledger = monthly('100', { max: '120', periods: 1 });
    const hold = ledger.until('2026-01-31T23:59:00Z').authorize('60', { holdSeconds: 3600 });
    expect(ledger.until('2026-02-01T00:10:00Z').balance()).toEqual({ posted: '200', held: '60', available: '140' });
    ledger.commit(hold, '10');
    expect(ledger.booked('rollover')).toEqual(['40', '50']);
    expect(ledger.available()).toBe('190');
    ledger.until('2026-03-01T00:00:00Z').sweep();
    expect(ledger.available()).toBe('200');
    ledger.checkPastBalances();
  });

  it('rolls over with what a hold lets go at the very end', () => {
    const ledger = monthly('100', { max: '500' }).until('2026-01-31T23:00:00Z');
    ledger.authorize('60', { holdSeconds: 3600 });
    ledger.until('2026-02-01T00:00:00Z').sweep();
    expect(ledger.booked('rollover')).toEqual(['100']);
    expect(ledger.available()).toBe('200');
  });

  it('is not bounded by what ends with it, also where a hold has pinned that', () => {
    const ledger = monthly('100', { max: '100', periods: 1 });
    const late = ledger.until('2026-01-31T23:00:00Z').authorize('100', { holdSeconds: 86_400 });
    ledger.until('2026-02-01T12:00:00Z').void(late);
    ledger.until('2026-02-28T23:00:00Z');
    const ofPeriod = ledger.authorize('100', { holdSeconds: 86_400 });
    const ofRolled = ledger.authorize('100', { holdSeconds: 86_400 });
    ledger.void(ofPeriod);
    expect(ledger.until('2026-03-01T00:00:00Z').balance()).toEqual({ posted: '300', held: '100', available: '200' });
    ledger.commit(ofRolled);
    expect(ledger.granted()).toEqual([
      '2026-01-01 +100 (0)',
      '2026-02-01 +100 (0)',
      '2026-02-01T12:00:00.000Z ~100 (0)',
      '2026-03-01 ~100 (100)',
      '2026-03-01 +100 (100)',
    ]);
  });

  it('lives on where its periods are more than a calendar reaches', () => {
    for (const [every, until] of [
      [1, Date.parse('3027-01-01')],
      [8, null],
      [366, null],
    ] as const) {
      const ledger = recurringLedgerAt('2026-01-01T00:00:00Z').account('acme');
      ledger.recurring('plan', '10', { interval: 'year', every, rollover: { periods: 1000 } });
      ledger.until(`${String(2026 + every)}-01-01T00:00:00Z`).sweep();
      expect(ledger.rolledUntil()).toEqual([until]);
    }
  });

  it('repays no debt, and fills nothing up', () => {
    const ledger = monthly('100', { max: '500' });
    ledger.until('2026-02-10T00:00:00Z').deleteRecurring('plan');
    ledger.charge('80');
    const before = ledger.events('balance.threshold_reached').length;
    ledger.until('2026-03-01T00:00:00Z').sweep();
    expect(ledger.booked('rollover')).toEqual(['100', '20']);
    expect(ledger.events('balance.threshold_reached', 'balance.replenished')).toHaveLength(before);
    expect(ledger.available()).toBe('120');
  });

  it('is voided and not rolled over, where its grant was voided', () => {
    const ledger = monthly('100', { max: '500' });
    const hold = ledger.until('2026-01-31T23:59:00Z').authorize('60', { holdSeconds: 3600 });
    ledger.voidGrant({ id: ledger.transfers('grant')[0]?.grantId ?? '' });
    ledger.until('2026-02-01T00:10:00Z').void(hold);
    expect(ledger.booked('rollover')).toEqual([]);
    expect(ledger.available()).toBe('100');
  });

  it('takes in what a refund gives back after the end', () => {
    const ledger = monthly('100', { max: '500' });
    const charge = ledger.charge('100');
    ledger.until('2026-02-01T00:10:00Z').refund(charge, '30');
    expect(ledger.booked('rollover')).toEqual(['30']);
    expect(ledger.available()).toBe('130');
  });

  it('does not roll over into an account that is closed, whatever a refund gives back', () => {
    const ledger = monthly('100', {});
    const charge = ledger.charge('100');
    ledger.until('2026-02-01T00:10:00Z').close('return');
    ledger.refund(charge, '30');
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.booked('rollover')).toEqual([]);
    expect(ledger.booked('breakage')).toEqual(['30']);
    ledger.checkPastBalances();
  });
});
