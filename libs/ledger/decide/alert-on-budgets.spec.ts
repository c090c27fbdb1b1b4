import { describe, expect, it } from '@jest/globals';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';

function ledger(): BudgetFixture {
  return budgetLedgerAt('2026-01-15T12:00:00Z').account('acme').grant('100000');
}

/** What the alerts of budgets said, in short. */
function alerts(acme: BudgetFixture): string[] {
  return acme.events('budget.threshold_reached', 'budget.exceeded').map(({ type, data }) => {
    const { name, value, percent } = data as unknown as Record<string, string | number | null>;
    const whose = value === null ? String(name) : `${String(name)} of ${String(value)}`;
    return type === 'budget.exceeded' ? `${whose} exceeded` : `${whose} ${String(percent)} %`;
  });
}

describe('alerts of budgets', () => {
  it('are sent at a threshold, inclusive, once per window, the highest with all that were crossed', () => {
    const acme = ledger().budget('day', { amount: '10', id: '01920000-0000-7000-8000-000000000001' });
    acme.charge('4.999999999999');
    expect(alerts(acme)).toEqual([]);
    acme.charge('0.000000000001');
    acme.charge('0.5');
    acme.charge('3.5');
    const [first, second] = acme.events('budget.threshold_reached');
    expect(first?.data).toMatchObject({
      budget: 'bud_01j8000000e008000000000001',
      name: 'day',
      value: null,
      window: { start: '2026-01-15T00:00:00.000Z', end: '2026-01-16T00:00:00.000Z' },
      spent: '5',
      limit: '10',
      percent: 50,
      crossed: [50],
      used_percent: '50',
    });
    expect(second?.data).toMatchObject({ percent: 90, crossed: [75, 90], used_percent: '90', spent: '9' });
    expect(alerts(acme)).toEqual(['day 50 %', 'day 90 %']);
  });

  it('look at what is spent, not at what is held', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const hold = acme.authorize('10');
    expect(alerts(acme)).toEqual([]);
    acme.commit(hold, '6', { final: false });
    acme.commit(hold, '2');
    expect(alerts(acme)).toEqual(['day 50 %', 'day 75 %']);
  });

  it('say once that more was spent than its limit, whatever is refunded and spent again', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const hold = acme.commit(acme.authorize('10'), '11');
    acme.refund(hold);
    acme.commit(acme.authorize('10'), '12');
    expect(alerts(acme)).toEqual(['day 100 %', 'day exceeded']);
    acme.advance(86_400);
    acme.commit(acme.authorize('10'), '12');
    expect(alerts(acme).slice(2)).toEqual(['day 100 %', 'day exceeded']);
  });

  it('say that the amount is exceeded and not what it was raised to', () => {
    const acme = ledger().budget('day', { amount: '10', thresholds: [] });
    acme.raiseBudget('day', '20', 60);
    acme.charge('15');
    expect(alerts(acme)).toEqual([]);
    acme.commit(acme.authorize('1'), '6');
    expect(acme.events('budget.exceeded').map(({ data }) => data)).toMatchObject([{ spent: '21', limit: '20' }]);
  });

  it('are percentages of what is expected, where that is said', () => {
    const acme = ledger().budget('day', { amount: '120', expected: '100', thresholds: [80, 110] });
    acme.charge('80');
    acme.charge('30');
    const reached = acme.events('budget.threshold_reached').map(({ data }) => data);
    expect(reached).toMatchObject([
      { percent: 80, limit: '120' },
      { percent: 110, used_percent: '110' },
    ]);
  });

  it('of a soft budget are all that it does', () => {
    const acme = ledger().budget('day', { amount: '10', mode: 'soft', thresholds: [100, 200] });
    acme.charge('25');
    expect(alerts(acme)).toEqual(['day 200 %', 'day exceeded']);
  });

  it('are sent for each value, and each budget', () => {
    const acme = ledger().budget('user', { amount: '10', per: 'user' }).budget('all', { amount: '20' });
    acme.charge('5', { tags: { user: 'jo' } });
    acme.charge('5', { tags: { user: 'al' } });
    acme.charge('5', { tags: { user: 'jo' } });
    expect(alerts(acme)).toEqual(['user of jo 50 %', 'user of al 50 %', 'all 50 %', 'user of jo 100 %', 'all 75 %']);
  });

  it('are sent of thresholds that come later only where these are higher', () => {
    const acme = ledger().budget('day', { amount: '10', thresholds: [80] });
    acme.charge('8');
    acme.budget('day', { amount: '10', thresholds: [50, 90] });
    acme.charge('0.5');
    acme.charge('0.5');
    expect(alerts(acme)).toEqual(['day 80 %', 'day 90 %']);
  });

  it('are sent about a window that is over too, by what lands late', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const hold = acme.authorize('5', { holdSeconds: 3600 });
    acme.advance(13 * 3600);
    acme.commit(hold, '20');
    expect(alerts(acme)).toEqual(['day 100 %', 'day exceeded']);
  });

  it('are sent no more where the budget was deleted', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const hold = acme.authorize('10');
    acme.deleteBudget('day');
    acme.commit(hold);
    expect(alerts(acme)).toEqual([]);
  });

  it('are sent each where several commits of one transaction reach several thresholds', () => {
    const acme = ledger().budget('day', { amount: '10' });
    const holds = ['5', '2', '3'].map((amount) => acme.authorize(amount));
    acme.commitBatch(holds);
    expect(alerts(acme)).toEqual(['day 50 %', 'day 100 %']);
  });
});
