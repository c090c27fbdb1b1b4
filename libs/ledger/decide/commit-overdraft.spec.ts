import { describe, expect, it } from '@jest/globals';
import type { OveragePolicy } from '../authorization.ts';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (overage: OveragePolicy = 'cap', overdraftLimit = '10'): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overage, overdraftLimit });

describe('an overdraft leg that is committed', () => {
  it('becomes debt where no credits are free', () => {
    const ledger = account().grant('4');
    expect(ledger.commit(ledger.authorize('10'))).toMatchObject({ committed: '10', debtDrawn: '6' });
    expect([ledger.debt(), ledger.available()]).toEqual(['6', '-6']);
  });

  it('first draws the credits that are free by then, and only the rest becomes debt', () => {
    const ledger = account().grant('4');
    const hold = ledger.authorize('10');
    const later = ledger.createGrant('5');
    const { draws, debtDrawn } = ledger.commit(hold);
    expect(draws).toMatchObject([{ amount: '4' }, { grantId: later.id, amount: '5' }]);
    expect(debtDrawn).toBe('1');
    expect(ledger.balance()).toEqual({ posted: '-1', held: '0', available: '-1' });
    expect(ledger.debt()).toBe('1');
  });

  it.each<OveragePolicy>(['cap', 'debt', 'reject'])('makes no debt where enough is free, under %s', (overage) => {
    const ledger = account(overage).grant('4');
    const hold = ledger.authorize('10');
    ledger.grant('20');
    expect(ledger.commit(hold)).toMatchObject({ committed: '10', debtDrawn: '0', uncollected: '0' });
    expect([ledger.debt(), ledger.available()]).toEqual(['0', '14']);
  });

  it('draws them in burn-down order, what it has pinned of grants first', () => {
    const ledger = account();
    const pinned = ledger.createGrant('2', { priority: 5 });
    const hold = ledger.authorize('8');
    const last = ledger.createGrant('4', { priority: 3 });
    const first = ledger.createGrant('3', { priority: 1 });
    expect(ledger.commit(hold).draws).toMatchObject([
      { grantId: pinned.id, amount: '2' },
      { grantId: first.id, amount: '3' },
      { grantId: last.id, amount: '3' },
    ]);
  });

  it('draws credits that another hold has released', () => {
    const ledger = account().grant('6');
    const other = ledger.authorize('6');
    const hold = ledger.authorize('4');
    ledger.void(other);
    expect(ledger.commit(hold)).toMatchObject({ debtDrawn: '0' });
    expect(ledger.balance()).toEqual({ posted: '2', held: '0', available: '2' });
  });

  it('leaves alone what others have pinned, what is out of scope, has expired or is yet to come', () => {
    const ledger = account();
    const hold = ledger.authorize('5', { holdSeconds: 600 });
    ledger
      .grant('1', { scope: { tags: { team: 'a' } } })
      .grant('1', { expiresIn: 60 })
      .grant('1', { effectiveIn: 300 })
      .grant('2');
    ledger.authorize('3');
    ledger.advance(60);
    expect(ledger.commit(hold)).toMatchObject({ draws: [], debtDrawn: '5' });
  });

  it('draws them part by part', () => {
    const ledger = account();
    const hold = ledger.authorize('6');
    expect(ledger.commit(hold, '1', { final: false })).toMatchObject({ debtDrawn: '1', overdraftHeld: '5' });
    // The grant repays the debt of 1 first.
    ledger.grant('3');
    expect(ledger.commit(hold, '4', { final: false })).toMatchObject({ committed: '5', debtDrawn: '3' });
    expect(ledger.commit(hold)).toMatchObject({ committed: '6', debtDrawn: '4', held: '0' });
    expect(ledger.balance()).toEqual({ posted: '-3', held: '0', available: '-3' });
  });

  it('changes nothing about what is available to others', () => {
    const ledger = account();
    const [hold, other] = [ledger.authorize('4'), ledger.authorize('5')];
    ledger.grant('6');
    expect(ledger.available()).toBe('-3');
    ledger.commit(hold);
    expect(ledger.available()).toBe('-3');
    expect(ledger.commit(other)).toMatchObject({ debtDrawn: '3' });
    expect(ledger.available()).toBe('-3');
  });
});

describe('an overdraft leg with an excess', () => {
  it('takes the free credits first, and the excess what is left of them', () => {
    const ledger = account();
    const hold = ledger.authorize('4');
    const grant = ledger.createGrant('10');
    expect(ledger.commit(hold, '7')).toMatchObject({
      draws: [{ grantId: grant.id, amount: '7' }],
      debtDrawn: '0',
      uncollected: '0',
    });
    expect(ledger.available()).toBe('3');
  });

  it('leaves the excess uncollected where it takes all that is free, under cap', () => {
    const ledger = account();
    const hold = ledger.authorize('8');
    ledger.grant('5');
    expect(ledger.commit(hold, '10')).toMatchObject({ committed: '8', debtDrawn: '3', uncollected: '2' });
    expect(ledger.available()).toBe('-3');
  });

  it('goes into debt with it up to the overdraft limit, under debt', () => {
    const ledger = account('debt');
    const hold = ledger.authorize('8');
    ledger.grant('5');
    expect(ledger.commit(hold, '20')).toMatchObject({ committed: '15', debtDrawn: '10', uncollected: '5' });
    expect(ledger.available()).toBe('-10');
  });

  it('refuses the excess for which nothing is left, under reject, and stays as it was', () => {
    const ledger = account('reject');
    const hold = ledger.authorize('8');
    ledger.grant('10');
    expect(refusalOf(() => ledger.commit(hold, '11'))).toMatchObject({ available: '10', shortfall: '1' });
    expect(ledger.find(hold)).toMatchObject({ held: '8', overdraftHeld: '8' });
    expect(ledger.commit(hold, '10')).toMatchObject({ committed: '10', debtDrawn: '0' });
  });
});

describe('where no hold was pinned by then, the rule is the same as ever', () => {
  it('a late commit draws what is available, and follows its policy with the rest', () => {
    const ledger = account().grant('2');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60).grant('3');
    expect(ledger.commit(hold)).toMatchObject({ late: true, committed: '5', debtDrawn: '0', uncollected: '3' });
  });

  it('a charge draws what is available, and goes into debt with the rest', () => {
    const ledger = account().grant('2');
    expect(ledger.charge('8')).toMatchObject({ committed: '8', debtDrawn: '6' });
  });
});
