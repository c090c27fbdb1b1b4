import { describe, expect, it } from '@jest/globals';
import { noChanges } from '../changes.ts';
import { recurringLedgerAt, type RecurringFixture } from '../testing/recurring-fixture.ts';
import { settle } from './settle.ts';

const HOUR = 3600;

const account = (options = {}): RecurringFixture => recurringLedgerAt('2026-01-01T00:00:00Z').account('acme', options);

describe('a recurring grant', () => {
  it('grants a period at once that has begun, and every next one as of its instant, whoever comes first', () => {
    const ledger = account().recurring('plan', '400');
    expect(ledger.balance()).toEqual({ posted: '400', held: '0', available: '400' });
    ledger.charge('150');
    expect(ledger.until('2026-01-31T23:59:59.999Z').available()).toBe('250');
    expect(ledger.advance(0.001).available()).toBe('400');
    expect(ledger.authorize('400').held).toBe('400');
    expect(ledger.granted()).toEqual(['2026-01-01 +400 (0)', '2026-02-01 +400 (400)']);
    expect(ledger.transfers('grant').map(({ createdAt }) => new Date(createdAt).toISOString())).toEqual([
      '2026-01-01T00:00:00.000Z',
      '2026-02-01T00:00:00.000Z',
    ]);
    ledger.checkPastBalances();
  });

  it('books missed periods with their own dates, and those that have expired as such', () => {
    const ledger = account().recurring('plan', '400').until('2026-04-10T00:00:00Z').sweep().sweep();
    expect(ledger.granted()).toEqual([
      '2026-01-01 +400 (0)',
      '2026-02-01 +400 (0)',
      '2026-03-01 +400 (0)',
      '2026-04-01 +400 (400)',
    ]);
    expect(ledger.transfers('breakage').map(({ createdAt }) => new Date(createdAt).toISOString())).toEqual([
      '2026-02-01T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
      '2026-04-01T00:00:00.000Z',
    ]);
    const told = ledger
      .events('grant.created', 'grant.expired')
      .map(({ type, occurredAt, data }) => [
        type,
        new Date(occurredAt).toISOString().slice(0, 10),
        (data as { balance: { posted: string } }).balance.posted,
      ]);
    expect(told).toEqual([
      ['grant.created', '2026-01-01', '400'],
      ['grant.expired', '2026-02-01', '400'],
      ['grant.created', '2026-02-01', '400'],
      ['grant.expired', '2026-03-01', '400'],
      ['grant.created', '2026-03-01', '400'],
      ['grant.expired', '2026-04-01', '400'],
      ['grant.created', '2026-04-01', '400'],
    ]);
  });

  it('may bring nothing in a short first period, and misses none then', () => {
    const terms = { interval: 'day', anchor: '2025-12-31T01:00:00Z', prorateFirst: true } as const;
    const ledger = account().recurring('plan', '0.000000000001', terms);
    expect(ledger.until('2026-01-02T02:00:00Z').granted()).toHaveLength(2);
    expect(ledger.available()).toBe('0.000000000001');
  });

  it('is counted from its own start when the last period of its name is over, whenever that was deleted', () => {
    const ledger = account().recurring('plan', '400').deleteRecurring('plan').until('2026-03-10T00:00:00Z');
    const again = ledger.putRecurring('plan', '100', { startsAt: '2026-01-20T00:00:00Z' });
    expect(again.recurring).toMatchObject({ anchor: Date.parse('2026-01-20T00:00:00Z'), last: { amount: '100' } });
    expect(again.recurring.next?.at).toBe(Date.parse('2026-03-20T00:00:00Z'));
  });

  it('starts and ends when it is said to', () => {
    const times = { startsAt: '2026-02-10T00:00:00Z', endsAt: '2026-04-10T00:00:00Z' };
    const ledger = account().recurring('plan', '400', times);
    expect(ledger.available()).toBe('0');
    expect(ledger.until('2026-05-20T00:00:00Z').granted()).toEqual(['2026-02-10 +400 (0)', '2026-03-10 +400 (0)']);
  });

  it('prorates a first period that is shorter, where it is said to', () => {
    const anchored = { anchor: '2026-01-01T00:00:00Z', startsAt: '2026-01-16T12:00:00Z' };
    expect(account().recurring('plan', '310', anchored).until('2026-02-01T00:00:00Z').granted()).toEqual([
      '2026-01-16T12:00:00.000Z +310 (0)',
      '2026-02-01 +310 (310)',
    ]);
    const prorated = account().recurring('plan', '310', { ...anchored, prorateFirst: true });
    expect(prorated.until('2026-02-01T00:00:00Z').granted()).toEqual([
      '2026-01-16T12:00:00.000Z +155 (0)',
      '2026-02-01 +310 (310)',
    ]);
  });

  it('expires with its period, never, or some time after it has begun', () => {
    const never = account().recurring('plan', '10', { expires: 'never' }).until('2026-03-01T00:00:00Z');
    expect(never.available()).toBe('30');
    const days = account().recurring('plan', '10', { interval: 'week', expires: 10 * 24 * HOUR * 1000 });
    expect(days.advance(8 * 24 * HOUR).available()).toBe('20');
    expect(days.advance(2 * 24 * HOUR).available()).toBe('10');
  });

  it('repays debt first, and is spent before what was bought', () => {
    const ledger = account({ overdraftLimit: '100', overage: 'debt' }).recurring('plan', '50');
    ledger.charge('50');
    ledger.commit(ledger.authorize('30'), '30');
    expect(ledger.debt()).toBe('30');
    expect(ledger.until('2026-02-01T00:00:00Z').debt()).toBe('0');
    expect(ledger.available()).toBe('20');
    ledger.grant('100').charge('20');
    expect(ledger.remaining()).toEqual(['0', '0', '100']);
  });

  it('is changed from the next period on', () => {
    const ledger = account().recurring('plan', '400').until('2026-01-10T00:00:00Z').recurring('plan', '100');
    expect(ledger.available()).toBe('400');
    expect(ledger.until('2026-02-01T00:00:00Z').available()).toBe('100');
    ledger.recurring('plan', '7', { interval: 'week' });
    expect(ledger.until('2026-03-08T00:00:00Z').granted().slice(1)).toEqual([
      '2026-02-01 +100 (0)',
      '2026-03-01 +7 (0)',
      '2026-03-08 +7 (7)',
    ]);
  });

  it('says nothing new where it is put again as it is', () => {
    const ledger = account().recurring('plan', '400').until('2026-01-10T00:00:00Z');
    expect(ledger.putRecurring('plan', '400')).toMatchObject({ created: false });
    expect(ledger.until('2026-02-01T00:00:00Z').granted()).toEqual(['2026-01-01 +400 (0)', '2026-02-01 +400 (400)']);
  });

  it('grants nothing twice where it is deleted and put again', () => {
    const ledger = account().recurring('plan', '400').until('2026-01-10T00:00:00Z');
    ledger.deleteRecurring('plan').recurring('plan', '400').deleteRecurring('plan').recurring('plan', '400');
    expect(ledger.available()).toBe('400');
    expect(ledger.until('2026-02-28T00:00:00Z').granted()).toEqual(['2026-01-01 +400 (0)', '2026-02-01 +400 (400)']);
  });

  it('is forgotten when it is deleted and its last period is over', () => {
    const ledger = account().recurring('plan', '400').until('2026-01-10T00:00:00Z').deleteRecurring('plan');
    ledger.until('2026-02-20T00:00:00Z').recurring('other', '1').recurring('plan', '400');
    expect(ledger.granted('plan')).toEqual(['2026-01-01 +400 (0)', '2026-02-20 +400 (400)']);
    expect(() => ledger.deleteRecurring('none')).toThrow('recurring_grant_not_found');
  });

  it('grants no period that begins while it is paused', () => {
    const ledger = account().recurring('plan', '400').until('2026-01-10T00:00:00Z').pauseRecurring('plan');
    expect(ledger.available()).toBe('400');
    expect(ledger.until('2026-03-10T00:00:00Z').available()).toBe('0');
    ledger.resumeRecurring('plan');
    expect(ledger.available()).toBe('0');
    ledger.recurring('plan', '300');
    expect(ledger.until('2026-04-02T00:00:00Z').granted()).toEqual(['2026-01-01 +400 (0)', '2026-04-01 +300 (300)']);
  });

  it('misses nothing where it is resumed before its period is over', () => {
    const ledger = account().recurring('plan', '400').until('2026-01-10T00:00:00Z').pauseRecurring('plan');
    ledger.until('2026-01-20T00:00:00Z').resumeRecurring('plan');
    expect(ledger.until('2026-02-01T00:00:00Z').available()).toBe('400');
  });

  it('ends with its account', () => {
    const ledger = account().recurring('plan', '400');
    ledger.close();
    expect(ledger.until('2026-06-01T00:00:00Z').granted()).toEqual(['2026-01-01 +400 (0)']);
  });

  it('pays for the shortfall of a commitment with what ends with the month', () => {
    const ledger = account({ commitment: '100' }).recurring('plan', '400');
    ledger.until('2026-02-01T00:00:00Z').sweep();
    expect(ledger.booked('commitment')).toEqual(['100']);
    expect(ledger.booked('breakage')).toEqual(['300']);
    expect(ledger.available()).toBe('400');
  });

  it('has no period on a day that its time zone leaves out', () => {
    // Samoa went from 29 to 31 December 2011.
    const ledger = recurringLedgerAt('2011-12-28T10:00:00Z').account('acme', { timeZone: 'Pacific/Apia' });
    ledger.recurring('plan', '10', { interval: 'day' });
    expect(ledger.until('2011-12-31T12:00:00Z').granted()).toEqual([
      '2011-12-28T10:00:00.000Z +10 (0)',
      '2011-12-29T10:00:00.000Z +10 (0)',
      '2011-12-30T10:00:00.000Z +10 (0)',
      '2011-12-31T10:00:00.000Z +10 (10)',
    ]);
  });

  it('leaves every month of a commitment settled, also where its days are booked in several steps', () => {
    const ledger = account({ commitment: '100' }).recurring('plan', '400', { interval: 'day' });
    ledger.until('2026-09-01T00:00:00Z').sweep();
    expect(ledger.booked('commitment')).toEqual(Array.from({ length: 8 }, () => '100'));
  });

  it('begins a new epoch of alerts in each period', () => {
    const ledger = account().recurring('plan', '100');
    ledger.charge('60');
    ledger.until('2026-02-01T00:00:00Z').charge('95');
    const crossed = ledger
      .events('balance.threshold_reached')
      .map(({ data }) => (data as unknown as { crossed: number[] }).crossed);
    expect(crossed).toEqual([[50], [50, 75, 90]]);
    expect(ledger.events('balance.exhausted')).toEqual([]);
  });

  it('has its periods settled exactly where one has begun', () => {
    const ledger = account().recurring('plan', '100');
    expect(ledger.staysSettledFor(31 * 24 * HOUR - 0.001)).toBe(true);
    expect(ledger.staysSettledFor(31 * 24 * HOUR)).toBe(false);
  });
});

describe('a recurring grant that nobody has met for long', () => {
  const midnight = '2026-01-01T00:00:00Z';

  it('is booked as one sum but for its last hundred periods', () => {
    const ledger = recurringLedgerAt(midnight).account('acme', { overdraftLimit: '1000', overage: 'debt' });
    ledger.charge('30', { account: 'acme' });
    ledger.recurring('plan', '10', { interval: 'day' });
    const granted = ledger.until('2036-01-01T12:00:00Z').granted();
    expect(granted).toHaveLength(103);
    expect(granted.slice(0, 3)).toEqual(['2026-01-01 +10 (0)', '2026-01-02 +35510 (0)', '2035-09-23 +10 (0)']);
    expect(ledger.available()).toBe('10');
    expect(ledger.debt()).toBe('0');
    ledger.checkPastBalances();
  });

  it('is granted in bounded steps, also where another one can’t be booked as a sum', () => {
    const ledger = recurringLedgerAt(midnight).account('acme').recurring('plan', '10', { interval: 'day' });
    ledger.recurring('rolling', '10', { interval: 'day', rollover: { max: '20' } });
    const context = ledger.inOneTransaction(() => undefined);
    const later = { ...context, changes: noChanges(), realNow: Date.parse('2036-01-01T12:00:00Z') };
    expect(settle(later, { shares: [], holds: [], reservations: [], isPart: false })).toBe(true);
    expect(later.changes.grants.created.size).toBeLessThan(1000);
  });

  it('is granted period by period where the sum is more than a grant can be of', () => {
    const ledger = recurringLedgerAt(midnight).account('acme');
    ledger.recurring('plan', '1e24', { interval: 'day' });
    expect(ledger.until('2026-08-01T00:00:00Z').granted()).toHaveLength(213);
    expect(ledger.available()).toBe('1000000000000000000000000');
  });

  it('is granted period by period where its credits live on', () => {
    const ledger = recurringLedgerAt(midnight).account('acme');
    ledger.recurring('plan', '1', { interval: 'day', expires: 'never' });
    expect(ledger.until('2029-01-01T00:00:00Z').granted()).toHaveLength(1097);
    expect(ledger.available()).toBe('1097');
  });
});
