import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');
const indebted = (debt: string): LedgerFixture => {
  const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '100' });
  ledger.charge(debt);
  return ledger;
};

describe('a new grant', () => {
  it('is spendable at once, and funded by its category', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { category: 'promotional' });
    expect(grant).toMatchObject({
      amount: '10',
      remaining: '10',
      held: '0',
      effectiveAt: ledger.now,
      createdAt: ledger.now,
    });
    expect(ledger.balance()).toEqual({ posted: '10', held: '0', available: '10' });
    expect(ledger.transfers()).toMatchObject([
      { kind: 'grant', debit: 'funding:promotional', credit: 'grant', amount: '10', grantId: grant.id },
    ]);
  });

  it('counts for nothing before it takes effect, and from that instant in full', () => {
    const ledger = account().grant('10', { effectiveIn: 60 });
    expect(ledger.available()).toBe('0');
    expect(refusalOf(() => ledger.charge('1')).code).toBe('insufficient_credits');
    expect(ledger.advance(59.999).available()).toBe('0');
    expect(ledger.advance(0.001).available()).toBe('10');
    expect(ledger.charge('10').committed).toBe('10');
  });

  it('is refused where it would never be usable', () => {
    expect(refusalOf(() => account().createGrant('1', { expiresIn: 0 })).code).toBe('grant_already_expired');
    expect(refusalOf(() => account().createGrant('1', { effectiveIn: 60, expiresIn: 60 })).code).toBe(
      'grant_already_expired',
    );
    expect(refusalOf(() => account().createGrant('1', { effectiveIn: -60, expiresIn: -30 })).code).toBe(
      'grant_already_expired',
    );
    expect(account().createGrant('1', { effectiveIn: -60, expiresIn: 1 }).remaining).toBe('1');
  });

  it('is refused for an account that is not there', () => {
    expect(refusalOf(() => account().createGrant('1', { account: 'none' })).code).toBe('account_not_found');
  });
});

describe('debt', () => {
  it('is repaid by the next grant before that is spendable', () => {
    const ledger = indebted('30');
    const grant = ledger.createGrant('100');
    expect(grant).toMatchObject({ amount: '100', remaining: '70' });
    expect(ledger.balance()).toEqual({ posted: '70', held: '0', available: '70' });
    expect(ledger.debt()).toBe('0');
    expect(ledger.transfers('debt_repayment')).toMatchObject([
      { debit: 'grant', credit: 'debt', amount: '30', grantId: grant.id },
    ]);
  });

  it('takes a whole grant that is smaller', () => {
    const ledger = indebted('30').grant('20');
    expect(ledger.remaining()).toEqual(['0']);
    expect(ledger.debt()).toBe('10');
    expect(ledger.balance().posted).toBe('-10');
  });

  it('is repaid at once by a grant that takes effect later', () => {
    const ledger = indebted('30').grant('100', { effectiveIn: 60 });
    expect(ledger.debt()).toBe('0');
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.advance(60).available()).toBe('70');
  });

  it('is repaid in one transaction with the grant', () => {
    const ledger = indebted('30').grant('100');
    const [grant, repayment] = ledger.transfers().slice(-2);
    expect(repayment?.transactionId).toBe(grant?.id);
  });

  it('is not repaid by credits that come free', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' }).grant('10');
    const hold = ledger.authorize('10');
    ledger.charge('4');
    ledger.void(hold);
    expect(ledger.debt()).toBe('4');
    expect(ledger.balance()).toEqual({ posted: '6', held: '0', available: '6' });
  });
});

describe('voiding a grant', () => {
  it('gives the unspent rest back to where it came from', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { category: 'included' });
    ledger.charge('4');
    expect(ledger.voidGrant(grant)).toMatchObject({ remaining: '0', voidedAt: ledger.now });
    expect(ledger.available()).toBe('0');
    expect(ledger.transfers('grant_void')).toMatchObject([{ debit: 'grant', credit: 'funding:included', amount: '6' }]);
  });

  it('leaves what holds have pinned to them', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    const hold = ledger.authorize('4');
    expect(ledger.voidGrant(grant)).toMatchObject({ remaining: '4', held: '4' });
    expect(ledger.balance()).toEqual({ posted: '4', held: '4', available: '0' });
    expect(ledger.commit(hold)).toMatchObject({ committed: '4', uncollected: '0' });
  });

  it('takes back what holds release afterwards, and never gives it to another', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    const hold = ledger.authorize('4');
    ledger.voidGrant(grant);
    ledger.commit(hold, '1');
    expect(ledger.booked('grant_void')).toEqual(['6', '3']);
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('answers again with the first result', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { expiresIn: 3600 });
    const first = ledger.voidGrant(grant);
    expect(ledger.advance(60).voidGrant(grant)).toEqual(first);
    expect(ledger.advance(3600).voidGrant(grant)).toEqual(first);
    expect(ledger.booked('grant_void')).toEqual(['10']);
  });

  it('takes back a grant that has yet to take effect', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { effectiveIn: 60 });
    ledger.voidGrant(grant);
    expect(ledger.advance(60).balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('is refused where nothing is left', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    ledger.charge('10');
    expect(refusalOf(() => ledger.voidGrant(grant)).code).toBe('grant_not_voidable');
  });

  it('is refused where holds have pinned all that is left', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    ledger.authorize('10');
    expect(refusalOf(() => ledger.voidGrant(grant)).code).toBe('grant_not_voidable');
  });

  it('is refused from the instant of expiry on', () => {
    const ledger = account();
    const early = ledger.createGrant('10', { expiresIn: 60 });
    const late = ledger.createGrant('10', { expiresIn: 60 });
    expect(ledger.advance(59.999).voidGrant(early).remaining).toBe('0');
    expect(refusalOf(() => ledger.advance(0.001).voidGrant(late)).code).toBe('grant_not_voidable');
  });

  it('finds no grant of another environment, and none that never was', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    expect(refusalOf(() => ledger.voidGrant(grant, 'test')).code).toBe('grant_not_found');
    expect(refusalOf(() => ledger.voidGrant(ledger.authorize('1'))).code).toBe('grant_not_found');
  });
});
