import { describe, expect, it } from '@jest/globals';
import { MAX_BUDGETS } from '../budgets.ts';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';
import { plain } from '../testing/plain.ts';
import { refusalOf } from '../testing/refused.ts';

function ledger(): BudgetFixture {
  return budgetLedgerAt('2026-01-15T12:00:00Z').account('acme').grant('1000');
}

function namesOf({ account }: { readonly account: { readonly budgets: readonly { readonly name: string }[] } }) {
  return account.budgets.map(({ name }) => name);
}

describe('a budget', () => {
  it('is made once by a name, and changed from then on', () => {
    const acme = ledger();
    const made = acme.putBudget('day', { amount: '10' });
    expect(made).toMatchObject({ created: true, budget: { name: 'day', amount: '10' } });
    acme.raiseBudget('day', '30');
    acme.advance(60);
    const changed = acme.putBudget('day', { amount: '20' });
    expect(changed.created).toBe(false);
    expect(changed.budget).toEqual({
      ...made.budget,
      amount: '20',
      raise: { amount: '30', until: acme.now - 60_000 + 3_600_000, reason: null },
    });
    expect(namesOf(changed)).toEqual(['day']);
  });

  it('that must be new may be there if it is the same', () => {
    const acme = ledger();
    const made = acme.putBudget('day', { amount: '10', scope: { team: ['red'] } });
    const again = acme.putBudget('day', { amount: '10.0', scope: { team: ['red'] }, mustBeNew: true });
    expect(again).toMatchObject({ created: false, budget: { id: made.budget.id } });
    const other = { amount: '11', scope: { team: ['red'] }, expected: '5', mustBeNew: true };
    expect(refusalOf(() => acme.putBudget('day', other))).toEqual({
      code: 'budget_exists',
      name: 'day',
      differing: ['amount', 'expected'],
    });
  });

  it('is changed field by field', () => {
    const acme = ledger().budget('day', { amount: '10', scope: { team: ['red'] } });
    acme.raiseBudget('day', '30');
    const changed = acme.updateBudget('day', { scope: {}, mode: 'soft' });
    expect(changed.budget).toMatchObject({ amount: '10', scope: {}, mode: 'soft', raise: { amount: '30' } });
    expect(refusalOf(() => acme.updateBudget('month', {})).code).toBe('budget_not_found');
  });

  it('has no anchor where it counts all of time', () => {
    const acme = ledger().budget('day', { period: 'month', anchor: '2026-01-31T00:00:00Z' });
    expect(acme.updateBudget('day', { period: 'total' }).budget).toMatchObject({ period: 'total', anchor: null });
    expect(acme.updateBudget('day', { anchor: 0 }).budget).toMatchObject({ period: 'total', anchor: null });
  });

  it('is shown with what is counted in its current window', () => {
    const acme = ledger();
    expect(acme.putBudget('day', { amount: '10' }).windows).toMatchObject([{ value: null, spent: '0', held: '0' }]);
    acme.charge('3');
    acme.authorize('2');
    const [window] = acme.updateBudget('day', {}).windows;
    expect(window).toMatchObject({ spent: '3', held: '2', window: { start: Date.parse('2026-01-15T00:00:00Z') } });
    expect(acme.putBudget('users', { per: 'user' }).windows).toEqual([]);
  });

  it('is one of so many', () => {
    const acme = ledger();
    for (let at = 0; at < MAX_BUDGETS; at += 1) acme.budget(`budget-${String(at)}`);
    const refusal = refusalOf(() => acme.putBudget('another', {}));
    expect(refusal).toEqual({ code: 'too_many_budgets', account: 'acme', limit: MAX_BUDGETS });
    expect(acme.putBudget('budget-0', { amount: '1' }).created).toBe(false);
    acme.deleteBudget('budget-0');
    expect(acme.putBudget('another', {}).created).toBe(true);
  });

  it('is found by its name or its id, and nowhere else', () => {
    const acme = ledger().budget('day');
    expect(refusalOf(() => acme.deleteBudget('month')).code).toBe('budget_not_found');
    expect(refusalOf(() => acme.raiseBudget('month')).code).toBe('budget_not_found');
    acme.account('beta');
    expect(refusalOf(() => acme.deleteBudget('day')).code).toBe('budget_not_found');
    expect(namesOf(acme.deleteBudget('day', 'acme'))).toEqual([]);
  });

  it('changes no more once the account is closed', () => {
    const acme = ledger().budget('day');
    acme.close();
    for (const ask of [() => acme.putBudget('day', {}), () => acme.deleteBudget('day'), () => acme.raiseBudget('day')])
      expect(refusalOf(ask).code).toBe('account_closed');
  });

  it('holds within the transaction that made it', () => {
    const acme = ledger();
    acme.inOneTransaction(() => {
      acme.budget('day', { amount: '10' });
      expect(plain(refusalOf(() => acme.charge('11')))).toMatchObject({ code: 'budget_exceeded', limit: '10' });
      acme.charge('6');
      acme.budget('day', { amount: '20' }).charge('6');
    });
    expect(acme.windowsOf('day')).toMatchObject([{ used: '12' }]);
  });
});
