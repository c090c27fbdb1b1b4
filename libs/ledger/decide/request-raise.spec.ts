import { describe, expect, it } from '@jest/globals';
import { MAX_PENDING_RAISES } from '../raise-requests.ts';
import { budgetLedgerAt, type BudgetFixture } from '../testing/budget-fixture.ts';
import { plain } from '../testing/plain.ts';
import { refusalOf } from '../testing/refused.ts';

function ledger(): BudgetFixture {
  return budgetLedgerAt('2026-01-15T12:00:00Z').account('acme').grant('1000').budget('day', { amount: '10' });
}

function raiseOf(acme: BudgetFixture) {
  return acme.updateBudget('day', {}).budget.raise;
}

describe('a request for a raise', () => {
  it('changes nothing until it is approved', () => {
    const acme = ledger();
    const { request } = acme.requestRaise('day', '30');
    expect(request).toMatchObject({
      status: 'pending',
      name: 'day',
      amount: '30',
      reason: 'a launch',
      decidedAt: null,
    });
    expect(refusalOf(() => acme.charge('11')).code).toBe('budget_exceeded');
    acme.advance(60);
    const decided = acme.decideRaise(request.id, true);
    expect(decided.request).toMatchObject({ id: request.id, status: 'approved', decidedAt: acme.now });
    expect(raiseOf(acme)).toEqual({ amount: '30', until: acme.now + 3_540_000, reason: 'a launch' });
    acme.charge('30');
    expect(refusalOf(() => acme.charge('1')).code).toBe('budget_exceeded');
    acme.advance(3600);
    expect(plain(refusalOf(() => acme.charge('1')))).toMatchObject({ limit: '10', spent: '30' });
  });

  it('is denied with a reason, and changes nothing', () => {
    const acme = ledger();
    const { request } = acme.requestRaise('day', '30');
    expect(acme.decideRaise(request.id, false, 'no').request).toMatchObject({ status: 'denied', denial: 'no' });
    expect(raiseOf(acme)).toBeNull();
  });

  it('is decided once', () => {
    const acme = ledger();
    const { request } = acme.requestRaise('day', '30');
    acme.decideRaise(request.id, true);
    acme.raiseBudget('day');
    expect(refusalOf(() => acme.decideRaise(request.id, true)).code).toBe('raise_request_decided');
    expect(refusalOf(() => acme.decideRaise(request.id, false)).code).toBe('raise_request_decided');
    expect(raiseOf(acme)).toBeNull();
  });

  it('is told of by events', () => {
    const acme = ledger();
    const [one, two] = [acme.requestRaise('day', '30'), acme.requestRaise('day', '40')];
    acme.decideRaise(one.request.id, true);
    acme.decideRaise(two.request.id, false, 'no');
    const types = acme
      .events()
      .map(({ type }) => type)
      .filter((type) => type.startsWith('budget.'));
    expect(types).toEqual([
      'budget.raise_requested',
      'budget.raise_requested',
      'budget.raise_approved',
      'budget.raise_denied',
    ]);
    expect(acme.events().at(-1)?.data).toMatchObject({ name: 'day', amount: '40', reason: 'a launch', denial: 'no' });
  });

  it('ends with its budget, and waits for nobody else’s', () => {
    const acme = ledger().budget('month', { period: 'month' });
    const [day, month] = [acme.requestRaise('day', '30'), acme.requestRaise('month', '300')];
    acme.deleteBudget('day');
    expect(refusalOf(() => acme.decideRaise(day.request.id, true)).code).toBe('raise_request_decided');
    expect(acme.decideRaise(month.request.id, true).request.status).toBe('approved');
  });

  it('is one of so many that wait', () => {
    const acme = ledger();
    const first = acme.requestRaise('day', '30');
    for (let at = 1; at < MAX_PENDING_RAISES; at += 1) acme.requestRaise('day', '30');
    expect(refusalOf(() => acme.requestRaise('day', '30'))).toEqual({
      code: 'too_many_raise_requests',
      account: 'acme',
      limit: MAX_PENDING_RAISES,
    });
    acme.decideRaise(first.request.id, false);
    expect(acme.requestRaise('day', '30').request.status).toBe('pending');
  });

  it('is about a budget of the account', () => {
    expect(refusalOf(() => ledger().requestRaise('month', '30')).code).toBe('budget_not_found');
    const acme = ledger();
    acme.close();
    expect(refusalOf(() => acme.requestRaise('day', '30')).code).toBe('account_closed');
  });
});
