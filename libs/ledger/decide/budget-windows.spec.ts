import { describe, expect, it } from '@jest/globals';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

function ledger(time: string, timeZone: string): BudgetFixture {
  return budgetLedgerAt(time).account('acme', { timeZone }).grant('1000', {});
}

/** Spends 1 of a budget of 1 just before and at each border, and expects that no border is a millisecond off. */
function expectBorders(acme: BudgetFixture, borders: readonly string[]): void {
  for (const border of borders) {
    acme.advance((Date.parse(border) - 1 - acme.now) / 1000).charge('1');
    expect(refusalOf(() => acme.charge('1'))).toMatchObject({ resetsAt: Date.parse(border) });
    acme.advance(0.001);
  }
}

describe('the months of a budget end to the millisecond, through both changes of the clocks', () => {
  it.each([
    ['Europe/Berlin', ['2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z', '2026-04-30T22:00:00.000Z']],
    ['Europe/Berlin', ['2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z', '2026-11-30T23:00:00.000Z']],
    ['America/Sao_Paulo', ['2018-11-01T03:00:00.000Z', '2018-12-01T02:00:00.000Z', '2019-01-01T02:00:00.000Z']],
    ['America/Sao_Paulo', ['2019-02-01T02:00:00.000Z', '2019-03-01T03:00:00.000Z', '2019-04-01T03:00:00.000Z']],
    ['Asia/Kathmandu', ['2026-02-28T18:15:00.000Z', '2026-03-31T18:15:00.000Z', '2026-04-30T18:15:00.000Z']],
    ['Pacific/Auckland', ['2026-03-31T11:00:00.000Z', '2026-04-30T12:00:00.000Z', '2026-05-31T12:00:00.000Z']],
    ['Pacific/Auckland', ['2026-08-31T12:00:00.000Z', '2026-09-30T11:00:00.000Z', '2026-10-31T11:00:00.000Z']],
  ])('of %s', (timeZone, borders) => {
    const acme = ledger(new Date(Date.parse(borders[0] ?? '') - 1).toISOString(), timeZone);
    expectBorders(acme.budget('month', { amount: '1', period: 'month' }), borders);
    expect(acme.windowsOf('month').map(({ end }) => end)).toEqual(borders);
  });
});

describe('the days of a budget', () => {
  it.each([
    ['Europe/Berlin', ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z']],
    ['Europe/Berlin', ['2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z', '2026-10-26T23:00:00.000Z']],
    ['America/Sao_Paulo', ['2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z', '2018-11-06T02:00:00.000Z']],
    ['Pacific/Auckland', ['2026-09-26T12:00:00.000Z', '2026-09-27T11:00:00.000Z', '2026-09-28T11:00:00.000Z']],
  ])('of %s are 23 or 25 hours where the clocks change', (timeZone, borders) => {
    const acme = ledger(new Date(Date.parse(borders[0] ?? '') - 1).toISOString(), timeZone);
    expectBorders(acme.budget('day', { amount: '1' }), borders);
  });
});

describe('a budget', () => {
  it('of a zone of its own doesn’t follow the account’s', () => {
    const acme = ledger('2026-01-15T12:00:00Z', 'UTC').budget('day', { amount: '1', timeZone: 'Asia/Kathmandu' });
    expectBorders(acme, ['2026-01-15T18:15:00.000Z', '2026-01-16T18:15:00.000Z']);
  });

  it('of a week from an anchor begins there', () => {
    const anchor = '2026-01-07T09:00:00Z';
    const acme = ledger('2026-03-20T12:00:00Z', 'Europe/Berlin').budget('week', {
      amount: '1',
      period: 'week',
      anchor,
    });
    expectBorders(acme, ['2026-03-25T09:00:00.000Z', '2026-04-01T08:00:00.000Z']);
  });

  it('of all time begins never anew', () => {
    const acme = ledger('2026-01-15T12:00:00Z', 'UTC').budget('all', { amount: '10', period: 'total' });
    acme.charge('6');
    acme.advance(400 * 86_400);
    expect(refusalOf(() => acme.charge('5'))).toMatchObject({ resetsAt: null, spent: '6' });
  });
});

describe('another time zone', () => {
  it('holds from the end of the window under way, and resets nothing', () => {
    const acme = ledger('2026-01-15T12:00:00Z', 'UTC').budget('day', { amount: '10' });
    acme.charge('8');
    acme.updateAccount({ timeZone: 'Pacific/Auckland' });
    expect(refusalOf(() => acme.charge('5'))).toMatchObject({ resetsAt: Date.parse('2026-01-16T00:00:00Z') });
    acme.advance(12 * 3600).charge('5');
    expect(acme.windowsOf('day')).toMatchObject([
      { start: '2026-01-15T00:00:00.000Z', end: '2026-01-16T00:00:00.000Z', used: '8' },
      { start: '2026-01-16T00:00:00.000Z', end: '2026-01-16T11:00:00.000Z', used: '5' },
    ]);
  });

  it('of the budget itself does the same, with an instant in no two windows', () => {
    const acme = ledger('2026-01-31T20:00:00Z', 'UTC').budget('month', { amount: '10', period: 'month' });
    acme.charge('8');
    acme.budget('month', { amount: '10', period: 'month', timeZone: 'Asia/Kathmandu' });
    expect(refusalOf(() => acme.charge('5'))).toMatchObject({ resetsAt: Date.parse('2026-02-01T00:00:00Z') });
    acme.advance(4 * 3600).charge('5');
    expect(acme.windowsOf('month')).toMatchObject([
      { end: '2026-02-01T00:00:00.000Z' },
      { start: '2026-02-01T00:00:00.000Z', end: '2026-02-28T18:15:00.000Z' },
    ]);
  });
});

describe('another period', () => {
  it('in the middle of a window begins to count anew, and the old one goes on once it is back', () => {
    const acme = ledger('2026-01-15T12:00:00Z', 'UTC').budget('cap', { amount: '10', period: 'total' });
    const hold = acme.authorize('8');
    acme.budget('cap', { amount: '10', period: 'day' });
    acme.charge('9');
    expect(refusalOf(() => acme.charge('2'))).toMatchObject({
      spent: '9',
      resetsAt: Date.parse('2026-01-16T00:00:00Z'),
    });
    acme.commit(hold, '9');
    acme.budget('cap', { amount: '10', period: 'total' });
    expect(refusalOf(() => acme.charge('2'))).toMatchObject({ spent: '9', resetsAt: null });
  });
});
