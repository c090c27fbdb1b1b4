import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');
const overdraft = (limit: string): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: limit });

describe('authorize', () => {
  it('holds the amount: posted stays, available falls', () => {
    const ledger = account().grant('100');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(hold).toMatchObject({
      status: 'authorized',
      amount: '8',
      held: '8',
      committed: '0',
      expiresAt: ledger.now + 60_000,
    });
    expect(hold.balance).toEqual({ posted: '100', held: '8' });
    expect(ledger.balance()).toEqual({ posted: '100', held: '8', available: '92' });
    expect(ledger.booked('usage')).toEqual([]);
  });

  it('pins the amount to grants in burn-down order', () => {
    const ledger = account();
    const second = ledger.createGrant('100', { priority: 2 });
    const first = ledger.createGrant('100', { priority: 1 });
    expect(ledger.authorize('120').allocations).toEqual([
      { grantId: first.id, amount: '100' },
      { grantId: second.id, amount: '20' },
    ]);
  });

  it('never pins what another authorization has pinned', () => {
    const ledger = account();
    const first = ledger.createGrant('10', { priority: 1 });
    const second = ledger.createGrant('10', { priority: 2 });
    expect(ledger.authorize('8').allocations).toEqual([{ grantId: first.id, amount: '8' }]);
    expect(ledger.authorize('8').allocations).toEqual([
      { grantId: first.id, amount: '2' },
      { grantId: second.id, amount: '6' },
    ]);
  });

  it('approves exactly as many holds as the credits cover', () => {
    const ledger = account().grant('500');
    const approved = Array.from({ length: 20 }).filter(() => {
      try {
        return ledger.authorize('75');
      } catch (error) {
        expect(
          refusalOf(() => {
            throw error;
          }).code,
        ).toBe('credits_held');
        return false;
      }
    });
    expect(approved).toHaveLength(6);
    expect(ledger.balance()).toEqual({ posted: '500', held: '450', available: '50' });
  });

  it('holds the last credit, and not a trillionth more', () => {
    const ledger = account().grant('10');
    expect(refusalOf(() => ledger.authorize('10.000000000001'))).toMatchObject({ shortfall: '0.000000000001' });
    expect(ledger.authorize('10').held).toBe('10');
  });

  it('reads terms and overage policy from the account where the request has none', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overage: 'reject' }).grant('10');
    expect(ledger.authorize('1').overage).toBe('reject');
    expect(ledger.authorize('1', { overage: 'debt' }).overage).toBe('debt');
  });

  it('gives an answer that later decisions do not change', () => {
    const ledger = account().grant('10');
    ledger.inOneTransaction(() => {
      const hold = ledger.authorize('8');
      const first = structuredClone(hold);
      ledger.commit(hold, '3');
      expect(hold).toEqual(first);
    });
  });

  it('is refused for an account that is not there', () => {
    expect(refusalOf(() => account().authorize('1', { account: 'none' }))).toEqual({
      code: 'account_not_found',
      account: 'none',
    });
  });

  it('is refused for a suspended account, whatever its credits', () => {
    const ledger = account().grant('10').suspend();
    expect(refusalOf(() => ledger.authorize('1'))).toEqual({ code: 'account_suspended', account: 'acme' });
  });
});

describe('what is available to a request', () => {
  it('leaves out grants that are yet to come or over', () => {
    const ledger = account().grant('10', { effectiveIn: 60, expiresIn: 120 }).grant('5');
    expect(refusalOf(() => ledger.authorize('6'))).toMatchObject({ available: '5', shortfall: '1' });
    ledger.advance(60);
    ledger.void(ledger.authorize('15'));
    ledger.advance(60);
    expect(refusalOf(() => ledger.authorize('6'))).toMatchObject({ available: '5', shortfall: '1' });
  });

  it('leaves out grants whose scope the request does not meet, although the balance counts them', () => {
    const ledger = account()
      .grant('10', { scope: { tags: { team: 'a' } } })
      .grant('5');
    expect(ledger.available()).toBe('15');
    expect(refusalOf(() => ledger.authorize('6', { tags: { team: 'b' } }))).toMatchObject({
      available: '5',
      shortfall: '1',
    });
    expect(ledger.authorize('15', { tags: { team: 'a' } }).held).toBe('15');
  });

  it('spends a scoped grant before an unscoped one of the same rank', () => {
    const ledger = account().grant('5');
    const scoped = ledger.createGrant('10', { scope: { events: ['chat'] } });
    const hold = ledger.authorize('4', { usage: [{ event: 'chat' }] });
    expect(hold.allocations).toEqual([{ grantId: scoped.id, amount: '4' }]);
  });

  it('is less by what is owed', () => {
    const ledger = overdraft('10').grant('10');
    const hold = ledger.authorize('10');
    ledger.charge('4');
    ledger.void(hold);
    expect(refusalOf(() => ledger.authorize('17'))).toMatchObject({ available: '6', shortfall: '1' });
    expect(ledger.authorize('16').held).toBe('16');
    expect(ledger.available()).toBe('-10');
  });
});

describe('the overdraft limit', () => {
  it('covers what the credits do not, as an overdraft leg', () => {
    const ledger = overdraft('50').grant('10');
    const hold = ledger.authorize('40');
    expect(hold).toMatchObject({ held: '40', overdraftHeld: '30' });
    expect(hold.allocations).toMatchObject([{ amount: '10' }]);
    expect(ledger.balance()).toEqual({ posted: '10', held: '40', available: '-30' });
    expect(ledger.debt()).toBe('0');
  });

  it('is shared by all open holds', () => {
    const ledger = overdraft('50');
    ledger.authorize('30');
    expect(refusalOf(() => ledger.authorize('30'))).toMatchObject({ available: '-30', shortfall: '10' });
    ledger.authorize('20');
    expect(ledger.available()).toBe('-50');
  });

  it('is shared by holds and debt', () => {
    const ledger = overdraft('50');
    ledger.charge('30');
    ledger.authorize('15');
    expect(refusalOf(() => ledger.authorize('6'))).toMatchObject({ available: '-45', shortfall: '1' });
  });

  it('turns into debt only where the leg is committed, credits first', () => {
    const ledger = overdraft('50').grant('10');
    const hold = ledger.authorize('40');
    expect(ledger.commit(hold, '15')).toMatchObject({ committed: '15', debtDrawn: '5' });
    expect(ledger.debt()).toBe('5');
    expect(ledger.balance()).toEqual({ posted: '-5', held: '0', available: '-5' });
    expect(ledger.transfers('usage')).toMatchObject([
      { debit: 'grant', credit: 'usage', amount: '10' },
      { debit: 'debt', credit: 'usage', amount: '5', grantId: null },
    ]);
  });

  it('stays pinned although credits have come since, which pay for it when it is committed', () => {
    const ledger = overdraft('50');
    const hold = ledger.authorize('20');
    ledger.grant('100');
    expect(ledger.balance()).toEqual({ posted: '100', held: '20', available: '80' });
    expect(ledger.commit(hold)).toMatchObject({ committed: '20', debtDrawn: '0' });
    expect(ledger.balance()).toEqual({ posted: '80', held: '0', available: '80' });
  });

  it('is refused beyond as many open ones as an account may have, and taken again when one is closed or has expired', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('100').limitHolds(2);
    const first = ledger.authorize('1', { holdSeconds: 60 });
    ledger.authorize('1');
    expect(refusalOf(() => ledger.authorize('1'))).toEqual({ code: 'too_many_holds', account: 'acme', limit: 2 });
    ledger.charge('1');
    ledger.void(first);
    const second = ledger.authorize('1', { holdSeconds: 60 });
    expect(refusalOf(() => ledger.authorize('1')).code).toBe('too_many_holds');
    ledger.advance(60);
    ledger.authorize('1');
    expect(refusalOf(() => ledger.authorize('1')).code).toBe('too_many_holds');
    ledger.commit(second);
    expect(refusalOf(() => ledger.authorizeBatch('all_or_nothing', [{ amount: '1' }])).code).toBe('too_many_holds');
  });
});
