import { describe, expect, it } from '@jest/globals';
import { sellerAt, type PurchaseFixture } from '../testing/purchase-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const seller = (): PurchaseFixture => {
  const ledger = sellerAt('2026-01-01T00:00:00Z');
  ledger.account('acme');
  return ledger;
};

describe('a purchase', () => {
  it('brings nothing until its payment has succeeded', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    expect(purchase).toMatchObject({ status: 'pending', grants: [], price: '1' });
    expect(ledger.available()).toBe('0');
    expect(ledger.pay(purchase)).toMatchObject({ status: 'succeeded', reference: 'pi_1' });
    expect(ledger.available()).toBe('100');
    expect(ledger.events('topup.succeeded', 'grant.created')).toHaveLength(2);
  });

  it('grants the bonus too, and both share the price to the last place', () => {
    const ledger = seller();
    ledger.bought('1000', { bonus: '200', price: '10', expiresAfterMs: 60_000, priority: 7 });
    const grants = [...ledger.grants()];
    expect(grants.map(({ amount, amountPaid, costBasis }) => [amount, amountPaid, costBasis])).toEqual([
      ['1000', '8.333333333333', '0.008333333333'],
      ['200', '1.666666666667', '0.008333333333'],
    ]);
    expect(grants[0]).toMatchObject({ category: 'paid', priority: 7, currency: 'EUR', expiresAt: ledger.now + 60_000 });
  });

  it('is the only one under way, whoever began it', () => {
    const ledger = seller();
    const first = ledger.buy('100');
    expect(refusalOf(() => ledger.buy('50'))).toMatchObject({ code: 'topup_under_way', purchase: first.id });
    ledger.pay(first, { status: 'requires_action', actionUrl: 'https://pay.example/1' });
    expect(refusalOf(() => ledger.buy('50')).code).toBe('topup_under_way');
    ledger.decline(first);
    expect(ledger.buy('50').status).toBe('pending');
  });

  it('is not begun for a closed account, or for none', () => {
    const ledger = seller();
    expect(refusalOf(() => ledger.buy('1', {}, 'nobody')).code).toBe('account_not_found');
    ledger.close();
    expect(refusalOf(() => ledger.buy('1')).code).toBe('account_closed');
  });

  it('repays debt first', () => {
    const ledger = seller();
    ledger.updateAccount({ overdraftLimit: '500' });
    ledger.charge('500');
    ledger.bought('600');
    expect(ledger.balance()).toEqual({ posted: '100', held: '0', available: '100' });
    expect(ledger.debt()).toBe('0');
  });
});

describe('what is said of a payment', () => {
  it('changes nothing when it is said again', () => {
    const ledger = seller();
    const purchase = ledger.bought('100');
    const events = ledger.events().length;
    expect(ledger.pay(purchase)).toEqual(purchase);
    expect(ledger.pay(purchase, { reference: 'pi_2' })).toEqual(purchase);
    expect(ledger.decline(purchase)).toEqual(purchase);
    expect(ledger.pay(purchase, { status: 'requires_action', actionUrl: 'https://pay.example/1' })).toEqual(purchase);
    expect(ledger.events()).toHaveLength(events);
    expect(ledger.booked('grant')).toEqual(['100']);
  });

  it('grants what was paid after the payment had failed, because the money was taken', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    expect(ledger.decline(purchase)).toMatchObject({ status: 'failed', failure: { code: 'card_declined' } });
    const second = ledger.buy('50');
    expect(ledger.pay(purchase)).toMatchObject({ status: 'succeeded', failure: null });
    expect(ledger.available()).toBe('100');
    ledger.pay(second);
    expect(ledger.available()).toBe('150');
  });

  it('asks for a confirmation once for each link', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    const asked = { status: 'requires_action', actionUrl: 'https://pay.example/1' } as const;
    ledger.pay(purchase, asked);
    expect(ledger.pay(purchase, asked)).toMatchObject({ status: 'requires_action', actionUrl: asked.actionUrl });
    expect(ledger.events('topup.requires_action')).toHaveLength(1);
    expect(ledger.pay(purchase)).toMatchObject({ status: 'succeeded', actionUrl: null });
  });

  it('keeps the link though news without one arrive later', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    const actionUrl = 'https://pay.example/1';
    ledger.pay(purchase, { status: 'requires_action', actionUrl });
    const later = ledger.pay(purchase, { status: 'requires_action', actionUrl: null });
    expect(later).toMatchObject({ status: 'requires_action', actionUrl });
    expect(ledger.events('topup.requires_action')).toHaveLength(1);
  });

  it('grants nothing where another amount was paid than the price, and says so', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    const failed = ledger.pay(purchase, { paid: { amount: ledger.amount('0.5'), currency: 'EUR' } });
    expect(failed).toMatchObject({ status: 'failed', failure: { code: 'amount_mismatch' }, paid: { amount: '0.5' } });
    expect(ledger.events('topup.failed')[0]?.data).toMatchObject({ paid: { amount: '0.5', currency: 'EUR' } });
    expect(ledger.available()).toBe('0');
    expect(ledger.pay(purchase, { paid: { amount: ledger.amount('1'), currency: 'EUR' } }).status).toBe('succeeded');
    expect(ledger.available()).toBe('100');
  });

  it('of a purchase that was canceled grants it all the same', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    expect(ledger.cancel(purchase)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(ledger.cancel(purchase).status).toBe('failed');
    ledger.pay(purchase);
    expect(ledger.available()).toBe('100');
    expect(refusalOf(() => ledger.cancel(purchase)).code).toBe('topup_not_under_way');
  });

  it('of another environment finds nothing', () => {
    const ledger = seller();
    ledger.buy('100');
    expect(refusalOf(() => ledger.pay({ id: '01920000-0000-7000-8000-000000000001' })).code).toBe('purchase_not_found');
  });
});

describe('closing an account', () => {
  it('cancels the purchase under way', () => {
    const ledger = seller();
    const purchase = ledger.buy('100');
    ledger.close();
    expect(ledger.purchase(purchase)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } });
    expect(ledger.events('topup.failed')).toHaveLength(1);
  });

  it.each([
    ['breakage', 'grant.remainder_expired', 'breakage'],
    ['return', 'grant.remainder_voided', 'grant_void'],
  ] as const)('lets a payment that succeeds late go its way: %s', (remainder, event, kind) => {
    const ledger = seller();
    const purchase = ledger.buy('100', { bonus: '20' });
    ledger.close(remainder);
    expect(ledger.pay(purchase)).toMatchObject({ status: 'succeeded' });
    expect(ledger.balance().posted).toBe('0');
    expect(ledger.booked(kind)).toEqual(['100', '20']);
    expect(ledger.events(event)).toHaveLength(2);
    expect(ledger.events('topup.succeeded')).toHaveLength(1);
  });
});
