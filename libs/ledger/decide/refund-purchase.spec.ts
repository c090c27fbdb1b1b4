import { describe, expect, it } from '@jest/globals';
import { sellerAt, type PurchaseFixture } from '../testing/purchase-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const seller = (): PurchaseFixture => {
  const ledger = sellerAt('2026-01-01T00:00:00Z');
  ledger.account('acme');
  return ledger;
};

describe('a refund', () => {
  it('takes back what is unspent, and gives the money for it', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.charge('30');
    const refunded = ledger.refundCredits(purchase);
    expect(refunded).toMatchObject({
      status: 'refunded',
      refundedMoney: '0.7',
      refundedCredits: '70',
      lostCredits: '0',
    });
    expect(ledger.available()).toBe('0');
    expect(ledger.transfers('purchase_refund')).toMatchObject([
      { debit: 'grant', credit: 'funding:paid', amount: '70', grantId: purchase.grants[0] },
    ]);
    expect(ledger.grants()[0]).toMatchObject({ voidedAt: null, remaining: '0' });
    expect(ledger.events('payment.refunded')[0]?.data).toMatchObject({
      status: 'pending',
      money: '0.7',
      credits: '70',
    });
  });

  it('leaves what holds have pinned to them', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    const hold = ledger.authorize('60');
    expect(ledger.refundCredits(purchase)).toMatchObject({ refundedCredits: '40', status: 'succeeded' });
    expect(ledger.balance()).toEqual({ posted: '60', held: '60', available: '0' });
    ledger.void(hold);
    expect(ledger.available()).toBe('60');
    expect(ledger.refundCredits(purchase)).toMatchObject({
      refundedMoney: '1',
      refundedCredits: '100',
      status: 'refunded',
    });
  });

  it('gives all of the money back only with the last of the credits, also where a credit costs less than a cent', () => {
    const ledger = seller();
    const purchase = ledger.bought('40', { price: '0.1' });
    expect(ledger.refundCredits(purchase, '38')).toMatchObject({ status: 'succeeded', refundedMoney: '0.09' });
    expect(ledger.refundCredits(purchase)).toMatchObject({ status: 'refunded', refundedMoney: '0.1' });
    const cheap = ledger.bought('100', { price: '0.01' });
    expect(refusalOf(() => ledger.refundCredits(cheap, '60')).code).toBe('purchase_not_refundable');
    expect(ledger.refundCredits(cheap)).toMatchObject({ refundedMoney: '0.01', refundedCredits: '100' });
  });

  it('made at the provider leaves credits for the money that is left, however few they are', () => {
    const ledger = seller();
    const purchase = ledger.bought('0.000000000003', { price: '10' });
    expect(ledger.refundMoney(purchase, '9.99')).toMatchObject({ refundedCredits: '0.000000000002' });
    expect(ledger.refundMoney(purchase, '0.01')).toMatchObject({ refundedCredits: '0.000000000003' });
  });

  it('of more credits than are unspent loses the rest, and never makes debt', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.charge('80');
    const refunded = ledger.refundCredits(purchase, '50');
    expect(refunded).toMatchObject({
      refundedMoney: '0.5',
      refundedCredits: '20',
      lostCredits: '30',
      status: 'refunded',
    });
    expect(ledger.balance().posted).toBe('0');
    expect(ledger.events('payment.refunded')[0]?.data).toMatchObject({ credits: '20', lost_credits: '30' });
  });

  it('takes back the bonus in proportion', () => {
    const ledger = seller();
    const purchase = ledger.bought('1000', { bonus: '200', price: '10' });
    expect(ledger.refundCredits(purchase, '500')).toMatchObject({ refundedMoney: '5', refundedCredits: '600' });
    expect(ledger.remaining()).toEqual(['500', '100']);
    expect(ledger.refundCredits(purchase, '500')).toMatchObject({ refundedMoney: '10', status: 'refunded' });
    expect(ledger.remaining()).toEqual(['0', '0']);
  });

  it('takes from the other grant what one has not got any more', () => {
    const ledger = seller();
    const purchase = ledger.bought('1000', { bonus: '200', price: '12' });
    ledger.charge('900');
    expect(ledger.refundCredits(purchase)).toMatchObject({
      refundedMoney: '3',
      refundedCredits: '300',
      lostCredits: '0',
    });
    expect(ledger.remaining()).toEqual(['0', '0']);
  });

  it('in thirds comes to exactly the price and the credits', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { bonus: '10', price: '10' });
    for (const reference of ['re_1', 're_2']) ledger.refundMoney(purchase, '3.33', reference);
    expect(ledger.purchase(purchase)).toMatchObject({ refundedMoney: '6.66', refundedCredits: '73.26' });
    expect(ledger.refundMoney(purchase, '3.34', 're_3')).toMatchObject({
      refundedMoney: '10',
      refundedCredits: '110',
      status: 'refunded',
    });
  });

  it('gives back all of the money only with all of the credits', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { price: '0.03' });
    expect(ledger.refundCredits(purchase, '90')).toMatchObject({ refundedMoney: '0.02', status: 'succeeded' });
    expect(ledger.refundCredits(purchase)).toMatchObject({
      refundedMoney: '0.03',
      refundedCredits: '100',
      status: 'refunded',
    });
  });

  it('is never of more than was bought', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.refundCredits(purchase, '60');
    expect(refusalOf(() => ledger.refundCredits(purchase, '40.000000000001'))).toMatchObject({
      code: 'refund_exceeds_purchase',
    });
    ledger.refundCredits(purchase, '40');
    expect(refusalOf(() => ledger.refundCredits(purchase)).code).toBe('purchase_not_refundable');
    expect(ledger.refundMoney(purchase, '1')).toEqual(ledger.purchase(purchase));
  });

  it('is refused where nothing is paid, or nothing is unspent', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    expect(refusalOf(() => ledger.refundCredits(purchase)).code).toBe('purchase_not_refundable');
    ledger.pay(purchase);
    ledger.charge('100');
    expect(refusalOf(() => ledger.refundCredits(purchase)).code).toBe('purchase_not_refundable');
  });

  it('counts what has repaid debt as spent', () => {
    const ledger = seller();
    ledger.updateAccount({ overdraftLimit: '500' });
    ledger.charge('60');
    const purchase = ledger.bought('100');
    expect(ledger.refundMoney(purchase, '1')).toMatchObject({ refundedCredits: '40', lostCredits: '60' });
    expect(ledger.debt()).toBe('0');
  });

  it('that fails gives the credits again, by a transfer that corrects the one that took them', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { bonus: '20' });
    ledger.refundCredits(purchase);
    const failed = ledger.settleRefund(purchase, 'failed');
    expect(failed).toMatchObject({ status: 'succeeded', refundedMoney: '0', refundedCredits: '0' });
    expect(ledger.available()).toBe('120');
    const [took, , gave] = ledger.transfers('purchase_refund');
    expect(gave).toMatchObject({ debit: 'funding:paid', credit: 'grant', corrects: took?.transactionId });
    expect(ledger.settleRefund(purchase)).toEqual(failed);
    ledger.checkPastBalances();
  });

  it('that had succeeded, and that the bank sends back, gives the credits again, once and for all', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.refundCredits(purchase, '40');
    ledger.settleRefund(purchase);
    const failed = ledger.settleRefund(purchase, 'failed');
    expect(failed).toMatchObject({ status: 'succeeded', refundedMoney: '0', refundedCredits: '0' });
    expect(ledger.available()).toBe('100');
    expect(ledger.settleRefund(purchase)).toEqual(failed);
    expect(ledger.settleRefund(purchase, 'failed')).toEqual(failed);
    ledger.checkPastBalances();
  });

  it('at the provider that fails after it was recorded is known by its reference', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { bonus: '10' });
    ledger.charge('80');
    ledger.refundMoney(purchase, '0.5', 're_1');
    expect(ledger.purchase(purchase)).toMatchObject({ refundedCredits: '30', lostCredits: '25' });
    expect(ledger.failRefund(purchase, 're_unknown')).toMatchObject({ refundedMoney: '0.5' });
    expect(ledger.failRefund(purchase, 're_1')).toMatchObject({ refundedMoney: '0', lostCredits: '0' });
    expect(ledger.available()).toBe('30');
  });

  it('at the provider that had failed when the payment was known to have succeeded takes nothing back', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    ledger.refundMoney(purchase, '1', 're_1');
    expect(ledger.failRefund(purchase, 're_1').status).toBe('pending');
    expect(ledger.pay(purchase)).toMatchObject({ status: 'succeeded', refundedMoney: '0' });
    expect(ledger.available()).toBe('100');
  });

  it('that fails when its grant has expired gives it nothing', () => {
    const ledger = seller();
    const purchase = ledger.bought('100', { expiresAfterMs: 60_000 });
    ledger.refundCredits(purchase, '40');
    ledger.advance(61);
    ledger.settleRefund(purchase, 'failed');
    expect(ledger.balance().posted).toBe('0');
    expect(ledger.booked('breakage')).toEqual(['60', '40']);
  });

  it('settles once, and is reported when it has', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.refundCredits(purchase);
    const settled = ledger.settleRefund(purchase);
    expect(settled.refunds).toMatchObject([{ status: 'succeeded', reference: 're_1' }]);
    expect(ledger.settleRefund(purchase)).toEqual(settled);
    expect(ledger.events('payment.refunded').map(({ data }) => (data as { status?: string }).status)).toEqual([
      'pending',
      'succeeded',
    ]);
  });

  it('at the provider is recorded once, by its reference', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    const refunded = ledger.refundMoney(purchase, '0.25', 're_1');
    expect(ledger.refundMoney(purchase, '0.25', 're_1')).toEqual(refunded);
    expect(ledger.refundMoney(purchase, '0.25', 're_2')).toMatchObject({ refundedMoney: '0.5', refundedCredits: '50' });
  });

  it('that arrives before the payment takes back at once what the payment brings', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    expect(ledger.refundMoney(purchase, '0.4')).toMatchObject({ status: 'pending', refundedMoney: '0.4' });
    expect(ledger.events('payment.refunded')).toEqual([]);
    expect(ledger.pay(purchase)).toMatchObject({ status: 'succeeded', refundedCredits: '40' });
    expect(ledger.available()).toBe('60');
    expect(ledger.events('topup.succeeded', 'payment.refunded').map(({ type }) => type)).toEqual([
      'topup.succeeded',
      'payment.refunded',
    ]);
  });

  it('of everything that arrives before the payment leaves nothing, not even for debt', () => {
    const ledger = seller();
    ledger.updateAccount({ overdraftLimit: '500' });
    ledger.charge('60');
    const purchase = ledger.buy('100');
    ledger.refundMoney(purchase, '1');
    expect(ledger.pay(purchase)).toMatchObject({ status: 'refunded', refundedCredits: '100', lostCredits: '0' });
    expect(ledger.debt()).toBe('60');
  });

  it('after the account was closed finds nothing to take back', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    ledger.close();
    expect(ledger.refundMoney(purchase, '1')).toMatchObject({ refundedCredits: '0', lostCredits: '100' });
  });
});

describe('voiding a grant', () => {
  it('returns at most the money that was paid for what is left of it', () => {
    const ledger = seller();
    const grant = ledger.createPaidGrant('100', '5');
    expect(grant).toMatchObject({ costBasis: '0.05', amountPaid: '5', currency: 'EUR' });
    ledger.charge('40');
    expect(refusalOf(() => ledger.voidReturning(grant, '3.01'))).toMatchObject({ code: 'returned_exceeds_paid' });
    expect(ledger.voidReturning(grant, '2.8')).toMatchObject({ returned: '2.8', remaining: '0' });
  });

  it('of a purchase returns no money: the purchase is refunded', () => {
    const ledger = seller();
    const { grants } = ledger.bought('100');
    const grant = { id: grants[0] ?? '' };
    expect(refusalOf(() => ledger.voidReturning(grant, '0.1')).code).toBe('returned_exceeds_paid');
  });
});
