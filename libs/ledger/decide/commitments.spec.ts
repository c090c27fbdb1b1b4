import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

/** An account of January, a month of 31 days, that is to spend 100 in it. */
function committed(options: Parameters<LedgerFixture['account']>[1] = {}): LedgerFixture {
  return ledgerAt('2026-01-01T00:00:00Z').account('acme', { commitment: '100', ...options });
}

function settled(ledger: LedgerFixture): unknown[] {
  return ledger.events('commitment.settled').map(({ data, occurredAt }) => {
    const { period_start, period_end, amount, spent, shortfall, charged, uncollected } = data as never;
    return {
      at: new Date(occurredAt).toISOString(),
      period_start,
      period_end,
      amount,
      spent,
      shortfall,
      charged,
      uncollected,
    };
  });
}

describe('a commitment', () => {
  it('charges at the end of a month what was spent less, once, as of its last instant', () => {
    const ledger = committed().grant('500');
    ledger.charge('30');
    ledger.advance(31 * DAY - 0.002).sweep();
    expect(ledger.booked('commitment')).toEqual([]);
    expect(ledger.staysSettledFor(0.001)).toBe(true);
    expect(ledger.staysSettledFor(0.002)).toBe(false);
    ledger.advance(0.002);
    expect(ledger.balance()).toEqual({ posted: '400', held: '0', available: '400' });
    ledger.sweep().sweep();
    expect(ledger.transfers('commitment')).toMatchObject([
      {
        debit: 'grant',
        credit: 'usage',
        amount: '70',
        authorizationId: null,
        createdAt: Date.parse('2026-01-31T23:59:59.999Z'),
      },
    ]);
    expect(settled(ledger)).toEqual([
      {
        at: '2026-01-31T23:59:59.999Z',
        period_start: '2026-01-01T00:00:00.000Z',
        period_end: '2026-02-01T00:00:00.000Z',
        amount: '100',
        spent: '30',
        shortfall: '70',
        charged: '70',
        uncollected: '0',
      },
    ]);
    ledger.checkPastBalances();
  });

  it('charges nothing where as much was spent', () => {
    const ledger = committed().grant('500');
    ledger.charge('100');
    ledger.advance(31 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual([]);
    expect(settled(ledger)).toMatchObject([{ spent: '100', shortfall: '0' }]);
  });

  it('counts refunds as not spent', () => {
    const ledger = committed().grant('500');
    const charge = ledger.charge('60');
    ledger.refund(charge, '20');
    ledger.advance(31 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['60']);
  });

  it('settles months that have passed one by one, each by its own length', () => {
    const ledger = committed().grant('1000');
    ledger.charge('10');
    ledger.advance(100 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['90', '100', '100']);
    expect(ledger.transfers('commitment').map(({ createdAt }) => new Date(createdAt).toISOString())).toEqual([
      '2026-01-31T23:59:59.999Z',
      '2026-02-28T23:59:59.999Z',
      '2026-03-31T23:59:59.999Z',
    ]);
    ledger.checkPastBalances();
  });

  it('owes of the month in which it is made the part that is left, to the millisecond', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('500');
    ledger.charge('5');
    ledger.advance(15.5 * DAY);
    ledger.updateAccount({ commitment: '100' });
    ledger.charge('20');
    ledger.advance(15.5 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['30']);
    const odd = ledgerAt('2026-01-01T00:00:00.001Z').account('acme', { commitment: '1' }).grant('10');
    odd.advance(31 * DAY).sweep();
    expect(odd.booked('commitment')).toEqual(['0.999999999627']);
  });

  it('follows the calendar of the account’s time zone, summer time included', () => {
    // Berlin's March began an hour before this, and is an hour shorter than 31 days.
    const ledger = ledgerAt('2026-02-28T23:00:00Z').account('acme', { commitment: '743', timeZone: 'Europe/Berlin' });
    ledger.grant('2000');
    ledger.advance(HOUR);
    ledger.updateAccount({ commitment: '1486' });
    ledger.advance(31 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['1485']);
    expect(ledger.transfers('commitment')[0]?.createdAt).toBe(Date.parse('2026-03-31T21:59:59.999Z'));
  });

  it('finishes the month under way where the time zone changes, and owes for what is left of the next', () => {
    const ledger = committed({ timeZone: 'Asia/Tokyo' }).grant('1000');
    ledger.advance(HOUR);
    ledger.updateAccount({ timeZone: 'UTC', commitment: '744' });
    ledger.advance(31 * DAY).sweep();
    // Tokyo's January ends nine hours before that of UTC, which owes for nine hours of 31 days.
    expect(settled(ledger)).toMatchObject([
      { period_end: '2026-01-31T15:00:00.000Z' },
      { period_start: '2026-01-31T15:00:00.000Z', period_end: '2026-02-01T00:00:00.000Z', amount: '9' },
    ]);
    ledger.advance(28 * DAY).sweep();
    expect(settled(ledger).at(-1)).toMatchObject({ amount: '744' });
  });

  it('draws on unscoped credits in burn-down order, those that end with the month first', () => {
    const ledger = committed()
      .grant('500')
      .grant('500', { scope: { events: ['chat'] }, priority: 0 })
      .grant('500', { scope: { tags: { team: 'a' } }, priority: 0 })
      .grant('60', { expiresIn: 31 * DAY, category: 'included' })
      .grant('60', { effectiveIn: 31 * DAY, priority: 0 });
    ledger.advance(31 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['60', '40']);
    expect(ledger.remaining()).toEqual(['460', '500', '500', '0', '60']);
    ledger.checkPastBalances();
  });

  it('leaves uncollected what no credits cover, whatever holds have pinned', () => {
    const ledger = committed({ overage: 'reject' }).grant('50');
    ledger.advance(31 * DAY - 60);
    ledger.authorize('20');
    ledger.advance(60).sweep();
    expect(settled(ledger)).toMatchObject([{ shortfall: '100', charged: '30', uncollected: '70' }]);
    expect(ledger.balance()).toEqual({ posted: '20', held: '20', available: '0' });
  });

  it('goes into debt where the overage policy says so, up to the overdraft limit', () => {
    const ledger = committed({ overage: 'debt', overdraftLimit: '40' }).grant('50');
    ledger.advance(31 * DAY).sweep();
    expect(settled(ledger)).toMatchObject([{ shortfall: '100', charged: '90', uncollected: '10' }]);
    expect(ledger.debt()).toBe('40');
    expect(ledger.transfers('commitment')).toMatchObject([{ debit: 'grant' }, { debit: 'debt', amount: '40' }]);
    ledger.grant('100');
    expect(ledger.balance().posted).toBe('60');
  });

  it('alerts on the balance that it leaves, as of that instant', () => {
    const ledger = committed()
      .grant('200')
      .setAlerts({ percent: [50], remaining: ['100'] });
    ledger.advance(40 * DAY).sweep();
    const at = Date.parse('2026-01-31T23:59:59.999Z');
    expect(ledger.events('balance.threshold_reached', 'balance.low')).toMatchObject([
      { occurredAt: at, data: { balance: { posted: '100' } } },
      { occurredAt: at, data: { balance: { posted: '100' } } },
    ]);
  });

  it('settles suspended accounts too', () => {
    const ledger = committed().grant('200').suspend();
    ledger.advance(31 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['100']);
  });

  it('ends with a closed account, which owes nothing for the month under way', () => {
    const ledger = committed({ overage: 'debt', overdraftLimit: '500' }).grant('10');
    ledger.advance(35 * DAY);
    const { account } = ledger.close();
    expect(account.terms.commitment).toBeNull();
    expect(ledger.booked('commitment')).toEqual(['10', '90']);
    ledger.advance(60 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['10', '90']);
    expect(settled(ledger)).toHaveLength(1);
  });
});

describe('a commitment that changes', () => {
  it('counts by the time for which each amount held', () => {
    const ledger = committed().grant('1000');
    ledger.advance(15.5 * DAY);
    ledger.updateAccount({ commitment: '300' });
    ledger.updateAccount({ commitment: '300', name: 'Acme' });
    ledger.advance(15.5 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['200']);
    ledger.advance(28 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['200', '300']);
  });

  it('is owed no more once it is taken away, and from then on when it is made again', () => {
    const ledger = committed().grant('1000');
    ledger.advance(10 * DAY);
    ledger.updateAccount({ commitment: null });
    ledger.advance(40 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual([]);
    expect(settled(ledger)).toEqual([]);
    ledger.advance(4 * DAY);
    ledger.updateAccount({ commitment: '31' });
    ledger.advance(5 * DAY + 31 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['5.535714285714', '31']);
  });

  it('is owed by the part that is left where it is made again in the same month', () => {
    const ledger = committed().grant('1000');
    ledger.updateAccount({ commitment: null });
    ledger.advance(15.5 * DAY);
    ledger.updateAccount({ commitment: '100' });
    ledger.advance(15.5 * DAY).sweep();
    expect(ledger.booked('commitment')).toEqual(['50']);
  });
});

describe('what lands late', () => {
  it('is set off against the shortfall of the month in which it was authorized', () => {
    const ledger = committed().grant('500');
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('40');
    ledger.advance(120);
    ledger.commit(hold, '40');
    expect(ledger.balance()).toEqual({ posted: '400', held: '0', available: '400' });
    expect(ledger.transfers('refund')).toMatchObject([
      {
        debit: 'usage',
        credit: 'grant',
        amount: '40',
        authorizationId: null,
        corrects: ledger.transfers('commitment')[0]?.id,
      },
    ]);
    expect(ledger.events('commitment.set_off')).toMatchObject([
      { data: { set_off: '40', spent: '40', charged: '60' } },
    ]);
    // It doesn't count for the month in which it was committed.
    ledger.advance(28 * DAY).sweep();
    expect(settled(ledger).at(-1)).toMatchObject({ spent: '0', shortfall: '100' });
  });

  it('is set off where the hold had expired, step by step, and no more than the shortfall', () => {
    const ledger = committed().grant('500');
    ledger.charge('70');
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('40');
    const expired = ledger.authorize('40', { holdSeconds: 30 });
    ledger.advance(120);
    ledger.commit(hold, '10', { final: false });
    ledger.commit(hold, '15', { final: false });
    expect(ledger.booked('refund')).toEqual(['10', '15']);
    expect(ledger.commit(expired, '50').late).toBe(true);
    expect(ledger.booked('refund')).toEqual(['10', '15', '5']);
    expect(ledger.balance().posted).toBe('355');
  });

  it('comes off what wasn’t collected first', () => {
    const ledger = committed().grant('50');
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('30');
    ledger.advance(60).sweep();
    expect(settled(ledger)).toMatchObject([{ charged: '20', uncollected: '80' }]);
    ledger.commit(hold, '30');
    expect(ledger.booked('refund')).toEqual([]);
    expect(ledger.events('commitment.set_off')).toMatchObject([{ data: { charged: '20', uncollected: '50' } }]);
  });

  it('gives back to the debt first', () => {
    const ledger = committed({ overage: 'debt', overdraftLimit: '500' }).grant('90');
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('60', { holdSeconds: HOUR });
    ledger.advance(60).sweep();
    expect(ledger.debt()).toBe('70');
    ledger.commit(hold, '50');
    expect(ledger.debt()).toBe('20');
    expect(ledger.booked('refund')).toEqual(['50']);
  });

  it('gives back to a grant that was used up', () => {
    const ledger = committed().grant('40', { priority: 0 }).grant('100');
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('40');
    ledger.advance(60).sweep();
    expect(ledger.remaining()).toEqual(['40', '0']);
    ledger.commit(hold);
    expect(ledger.remaining()).toEqual(['0', '40']);
  });

  it('gives debt that is repaid by now back to the grants that repaid it', () => {
    const ledger = committed({ overage: 'debt', overdraftLimit: '500' });
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('60', { holdSeconds: HOUR });
    ledger.advance(60).sweep();
    expect(ledger.debt()).toBe('100');
    ledger.grant('100');
    expect(ledger.remaining()).toEqual(['0']);
    ledger.commit(hold, '60');
    expect(ledger.debt()).toBe('0');
    expect(ledger.remaining()).toEqual(['0']);
    expect(ledger.booked('refund')).toEqual(['60']);
  });

  it('raises no shortfall again where it is refunded', () => {
    const ledger = committed().grant('500');
    ledger.advance(31 * DAY - 60);
    const hold = ledger.authorize('40');
    ledger.advance(120);
    const late = ledger.commit(hold, '40');
    ledger.refund(late);
    expect(ledger.balance().posted).toBe('440');
    expect(ledger.booked('commitment')).toEqual(['100']);
    ledger.advance(28 * DAY).sweep();
    expect(settled(ledger).at(-1)).toMatchObject({ spent: '0' });
  });
});
