import { describe, expect, it } from '@jest/globals';
import { sellerAt, type PurchaseFixture } from '../testing/purchase-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const DAY = 86_400;

const seller = (): PurchaseFixture => {
  const ledger = sellerAt('2026-01-01T00:00:00Z');
  ledger.account('acme');
  return ledger;
};

describe('a dispute', () => {
  it('freezes what is neither spent nor held: posted stays, available falls', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.charge('10');
    ledger.authorize('30');
    expect(ledger.dispute(purchase).status).toBe('disputed');
    expect(ledger.balance()).toEqual({ posted: '90', held: '90', available: '0' });
    expect(ledger.grants()[0]).toMatchObject({ frozen: '60', held: '90' });
    expect(refusalOf(() => ledger.charge('1')).code).toBe('insufficient_credits');
    expect(ledger.events('payment.disputed')[0]?.data).toMatchObject({ state: 'opened', credits: '60' });
  });

  it('declines for held credits only where holds would free enough', () => {
    const ledger = seller();
    ledger.grant('20');
    const hold = ledger.authorize('20');
    ledger.dispute(ledger.bought('100'));
    expect(refusalOf(() => ledger.authorize('20')).code).toBe('credits_held');
    expect(refusalOf(() => ledger.authorize('21')).code).toBe('insufficient_credits');
    ledger.void(hold);
    expect(ledger.available()).toBe('20');
  });

  it('freezes what holds let go, and what refunds of usage give back', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    const used = ledger.charge('40');
    const hold = ledger.authorize('50');
    ledger.dispute(purchase);
    ledger.commit(hold, '30');
    expect(ledger.balance()).toEqual({ posted: '30', held: '30', available: '0' });
    ledger.refund(used, '15');
    expect(ledger.balance()).toEqual({ posted: '45', held: '45', available: '0' });
  });

  it('freezes what a hold lets go that lapses meanwhile', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.authorize('50', { holdSeconds: 60 });
    ledger.dispute(purchase);
    ledger.advance(61).sweep();
    expect(ledger.grants()[0]).toMatchObject({ frozen: '100', held: '100' });
    expect(ledger.available()).toBe('0');
  });

  it('leaves the credits of others alone', () => {
    const ledger = seller();
    ledger.grant('5');
    ledger.dispute(ledger.bought('100'));
    ledger.charge('5');
    expect(ledger.balance()).toEqual({ posted: '100', held: '100', available: '0' });
  });

  it('that is won releases everything, for as much longer as it was frozen', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { expiresAfterMs: 2 * DAY * 1000 });
    ledger.dispute(purchase);
    ledger.advance(10 * DAY).sweep();
    expect(ledger.booked('breakage')).toEqual([]);
    expect(ledger.dispute(purchase, 'won').status).toBe('succeeded');
    expect(ledger.balance()).toEqual({ posted: '100', held: '0', available: '100' });
    expect(ledger.grants()[0]).toMatchObject({ expiresAt: ledger.now + 2 * DAY * 1000, frozenAt: null });
    ledger.advance(2 * DAY).sweep();
    expect(ledger.booked('breakage')).toEqual(['100']);
    ledger.checkPastBalances();
  });

  it('that is won lets the credits repay what became debt meanwhile', () => {
    const ledger = seller();
    ledger.updateAccount({ overdraftLimit: '500' });
    const purchase = ledger.bought('100');
    ledger.dispute(purchase);
    ledger.charge('30');
    ledger.dispute(purchase, 'won');
    expect([ledger.debt(), ledger.available()]).toEqual(['0', '70']);
  });

  it('that is lost takes back what is left; what was spent is lost, and no debt', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.charge('30');
    ledger.dispute(purchase);
    const lost = ledger.dispute(purchase, 'lost');
    expect(lost).toMatchObject({ status: 'refunded', refundedMoney: '1', refundedCredits: '70', lostCredits: '30' });
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.debt()).toBe('0');
    expect(ledger.events('payment.disputed').at(-1)?.data).toMatchObject({
      state: 'lost',
      credits: '70',
      lost_credits: '30',
    });
  });

  it('about a part takes back that part, and releases the rest', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.dispute(purchase, 'opened', { money: '0.4' });
    expect(ledger.available()).toBe('0');
    expect(ledger.dispute(purchase, 'lost')).toMatchObject({ status: 'succeeded', refundedCredits: '40' });
    expect(ledger.available()).toBe('60');
  });

  it('ends once, in whichever order the news arrive', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    const lost = ledger.dispute(purchase, 'lost');
    expect(lost).toMatchObject({ status: 'refunded', refundedCredits: '100' });
    expect(ledger.dispute(purchase)).toEqual(lost);
    expect(ledger.dispute(purchase, 'won')).toEqual(lost);
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('opened before the payment was known to have succeeded freezes what it brings', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    expect(ledger.dispute(purchase).status).toBe('pending');
    expect(ledger.pay(purchase).status).toBe('disputed');
    expect(ledger.balance()).toEqual({ posted: '100', held: '100', available: '0' });
    ledger.dispute(purchase, 'won');
    expect(ledger.available()).toBe('100');
  });

  it('lost before the payment was known to have succeeded takes back what it brings', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    ledger.dispute(purchase, 'lost');
    expect(ledger.pay(purchase)).toMatchObject({ status: 'refunded', refundedCredits: '100' });
    expect(ledger.available()).toBe('0');
  });

  it('of two, freezes until both have ended', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.dispute(purchase, 'opened', { reference: 'dp_1', money: '0.5' });
    ledger.dispute(purchase, 'opened', { reference: 'dp_2', money: '0.5' });
    expect(ledger.dispute(purchase, 'won', { reference: 'dp_1' }).status).toBe('disputed');
    expect(ledger.available()).toBe('0');
    ledger.dispute(purchase, 'won', { reference: 'dp_2' });
    expect(ledger.available()).toBe('100');
    const credits = ledger.events('payment.disputed').map(({ data }) => 'lost_credits' in data && data.credits);
    expect(credits).toEqual(['100', '0', '0', '100']);
  });

  it('about an unknown part of the price is about all that has not gone back', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.refundMoney(purchase, '0.3');
    ledger.dispute(purchase);
    ledger.dispute(purchase, 'lost');
    const money = ledger.events('payment.disputed').map(({ data }) => 'money' in data && data.money);
    expect(money).toEqual(['0.7', '0.7']);
  });

  it('takes a refund made at the provider out of what is frozen', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.dispute(purchase);
    expect(refusalOf(() => ledger.refundCredits(purchase)).code).toBe('purchase_not_refundable');
    expect(ledger.refundMoney(purchase, '0.3')).toMatchObject({ status: 'disputed', refundedCredits: '30' });
    expect(ledger.balance()).toEqual({ posted: '70', held: '70', available: '0' });
    expect(ledger.dispute(purchase, 'lost')).toMatchObject({ refundedMoney: '1', refundedCredits: '100' });
  });

  it('keeps a grant from being voided', () => {
    const ledger = seller();
    const { id, grants } = ledger.bought('100');
    ledger.dispute({ id });
    expect(refusalOf(() => ledger.voidGrant({ id: grants[0] ?? '' })).code).toBe('grant_not_voidable');
  });

  it('does not keep an account from being closed: what is frozen goes the way of the rest', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.dispute(purchase);
    ledger.close();
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.booked('breakage')).toEqual(['100']);
    expect(ledger.dispute(purchase, 'lost')).toMatchObject({ refundedCredits: '0', lostCredits: '100' });
  });

  it('about credits that have expired freezes nothing', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { expiresAfterMs: 60_000 });
    ledger.advance(61);
    ledger.dispute(purchase);
    expect(ledger.grants()[0]).toMatchObject({ frozen: '0', frozenAt: null });
  });
});
