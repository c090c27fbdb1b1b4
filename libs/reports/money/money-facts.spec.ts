import { formatAmount, ZERO } from '#amounts';
import { afterEach, describe, expect, it } from '@jest/globals';
import { moneyAt, type MoneyFixture } from '../testing/money-fixture.ts';

const DAY = 86_400;

let ledger: MoneyFixture;
const account = (options: Parameters<MoneyFixture['account']>[1] = {}): MoneyFixture => {
  ledger = moneyAt('2026-01-01T00:00:00Z');
  ledger.account('acme', { overdraftLimit: '100', overage: 'debt', ...options });
  return ledger;
};
/** Those after the grants. */
const moves = () => ledger.plainFacts().filter(([kind]) => kind !== 'granted');

afterEach(() => {
  const facts = ledger.facts();
  expect(ledger.factsInSteps()).toEqual(facts);
  const posted = facts.reduce((sum, { credits }) => sum.plus(credits), ZERO);
  expect(formatAmount(posted)).toBe(ledger.balance().posted);
});

describe('money of a grant', () => {
  it('is earned with its credits, and the last takes what rounding left', () => {
    account().buyGrant('3', { paid: '1' });
    ledger.charge('1');
    ledger.charge('1');
    ledger.charge('1');
    expect(ledger.plainFacts()).toEqual([
      ['granted', '#1', '3', '1'],
      ['used', '#1', '-1', '-0.333333333333'],
      ['used', '#1', '-1', '-0.333333333334'],
      ['used', '#1', '-1', '-0.333333333333'],
    ]);
    expect(ledger.deferred()).toBe('0');
  });

  it('goes back with a refund', () => {
    account().buyGrant('3', { paid: '1' });
    const used = ledger.charge('2');
    ledger.refund(used, '1');
    expect(moves().slice(1)).toEqual([['refunded', '#1', '1', '0.333333333334']]);
  });

  it('is what a bare cost basis comes to, in the environment’s currency', () => {
    account().buyGrant('200', { costBasis: '0.02' });
    ledger.charge('50');
    expect(ledger.plainFacts()).toEqual([
      ['granted', '#1', '200', '4'],
      ['used', '#1', '-50', '-1'],
    ]);
    expect(ledger.facts().map(({ currency }) => currency)).toEqual(['USD', 'USD']);
  });

  it('is none of promotional and included credits, whatever they say', () => {
    account().buyGrant('10', { category: 'promotional', paid: '1' });
    ledger.buyGrant('10', { category: 'included' });
    ledger.charge('20');
    expect(ledger.facts().every(({ money, currency }) => money.isZero() && currency === '')).toBe(true);
  });

  it('is earned when the credits expire', () => {
    account().buyGrant('10', { paid: '5', expiresIn: DAY });
    ledger.charge('4');
    ledger.advance(DAY);
    expect(moves()).toEqual([
      ['used', '#1', '-4', '-2'],
      ['expired', '#1', '-6', '-3'],
    ]);
  });
});

describe('grants of one purchase', () => {
  it('share its price', () => {
    account().buyGrant('1000', { paid: '10', reference: 'inv-1' });
    ledger.buyGrant('200', { reference: 'inv-1' });
    ledger.charge('600');
    ledger.charge('600');
    expect(moves()).toEqual([
      ['used', '#1', '-600', '-5'],
      ['used', '#1', '-400', '-3.333333333333'],
      ['used', '#2', '-200', '-1.666666666667'],
    ]);
  });

  it('correct the price of what was used before the last of them came', () => {
    account().buyGrant('1000', { paid: '10', reference: 'inv-1' });
    ledger.charge('600');
    ledger.buyGrant('200', { reference: 'inv-1' });
    expect(ledger.plainFacts()).toEqual([
      ['granted', '#1', '1000', '10'],
      ['used', '#1', '-600', '-6'],
      ['granted', '#2', '200', '0'],
      ['true_up', '#2', '0', '1'],
    ]);
  });

  it('keep apart what was paid in another currency', () => {
    account().buyGrant('100', { paid: '1', reference: 'inv-1' });
    ledger.buyGrant('100', { paid: '5', currency: 'EUR', reference: 'inv-1' });
    ledger.charge('150');
    expect(moves()).toEqual([
      ['used', '#1', '-100', '-1'],
      ['used', '#2', '-50', '-2.5'],
    ]);
    expect(ledger.facts().map(({ currency }) => currency)).toEqual(['USD', 'EUR', 'USD', 'EUR']);
  });
});

describe('a void', () => {
  it('earns what is left of the money, unless it was returned', () => {
    account().buyGrant('300', { paid: '3' });
    ledger.charge('20');
    ledger.voidGrant({ id: ledger.grantsMade[0]?.id ?? '' });
    expect(moves().slice(1)).toEqual([['voided', '#1', '-280', '-2.8']]);
  });

  it('earns only the part that wasn’t returned', () => {
    account().buyGrant('300', { paid: '3' });
    ledger.charge('20');
    ledger.voidReturning({ id: ledger.grantsMade[0]?.id ?? '' }, '2.5');
    expect(moves().slice(1)).toEqual([
      ['voided', '#1', '-280', '-0.3'],
      ['returned', '#1', '0', '-2.5'],
    ]);
    expect(ledger.deferred()).toBe('0');
  });

  it('returns its money once: what holds let go of afterwards is earned', () => {
    account().buyGrant('300', { paid: '3' });
    const hold = ledger.authorize('100');
    ledger.voidReturning({ id: ledger.grantsMade[0]?.id ?? '' }, '2');
    ledger.advance(60).commit(hold, '40');
    expect(moves()).toEqual([
      ['voided', '#1', '-200', '0'],
      ['returned', '#1', '0', '-2'],
      ['used', '#1', '-40', '-0.4'],
      ['voided', '#1', '-60', '-0.6'],
    ]);
    expect(ledger.deferred()).toBe('0');
  });

  it('of one of two grants of a purchase returns its money once', () => {
    account().buyGrant('100', { paid: '2', reference: 'inv-1', priority: 1 });
    ledger.buyGrant('100', { reference: 'inv-1' });
    const hold = ledger.authorize('50');
    ledger.voidReturning({ id: ledger.grantsMade[0]?.id ?? '' }, '0.5');
    ledger.void(hold);
    expect(moves()).toEqual([
      ['voided', '#1', '-50', '0'],
      ['returned', '#1', '0', '-0.5'],
      ['voided', '#1', '-50', '-0.5'],
    ]);
  });
});

describe('a rollover', () => {
  it('moves the money along, and the rest of it is earned', () => {
    account().subscribe('100', '3');
    ledger.charge('1');
    ledger.until('2026-02-10T00:00:00Z');
    ledger.sweep();
    ledger.charge('33');
    expect(moves()).toEqual([
      ['used', '#1', '-1', '-0.03'],
      ['rolled_out', '#1', '-49.5', '-1.485'],
      ['rolled_in', '#2', '49.5', '1.485'],
      ['expired', '#1', '-49.5', '-1.485'],
      ['used', '#2', '-33', '-0.99'],
    ]);
    ledger.until('2026-03-10T00:00:00Z');
    expect(ledger.deferred()).toBe('0');
  });
});

describe('debt', () => {
  it('earns nothing until it is repaid', () => {
    account().charge('20');
    ledger.buyGrant('300', { paid: '3' });
    expect(ledger.plainFacts()).toEqual([
      ['debt_used', 'debt', '-20', '0'],
      ['granted', '#1', '300', '3'],
      ['debt_repaid', '#1', '-20', '-0.2'],
      ['debt_repaid', 'debt', '20', '0'],
    ]);
  });

  it('that is refunded after it was repaid goes back to the grant, with its money', () => {
    const used = account().charge('20');
    ledger.buyGrant('300', { paid: '3' });
    ledger.refund(used, '20');
    expect(moves().slice(3)).toEqual([['refunded', '#1', '20', '0.2']]);
  });

  it('takes refunds first, and what was earned stays earned', () => {
    account().buyGrant('100', { paid: '1' });
    const used = ledger.charge('100');
    ledger.charge('30');
    ledger.refund(used, '40');
    expect(moves().slice(2)).toEqual([
      ['debt_refunded', 'debt', '30', '0'],
      ['refunded', '#1', '10', '0.1'],
    ]);
  });
});

describe('a refund of a purchase', () => {
  it('returns the money of what it takes back', () => {
    const purchase = account().bought('1000', { bonus: '200', price: '12' });
    ledger.charge('600');
    ledger.refundCredits(purchase);
    expect(ledger.plainFacts()).toEqual([
      ['granted', '#1', '1000', '10'],
      ['granted', '#2', '200', '2'],
      ['used', '#1', '-600', '-6'],
      ['returned', '#1', '0', '-6'],
      ['purchase_refunded', '#1', '-400', '0'],
      ['purchase_refunded', '#2', '-200', '0'],
    ]);
    expect(ledger.deferred()).toBe('0');
  });

  it('takes back revenue where more is returned than was deferred', () => {
    const purchase = account().bought('1000', { price: '10' });
    ledger.charge('800');
    ledger.refundMoney(purchase, '5');
    expect(moves().slice(1)).toEqual([
      ['returned', '#1', '0', '-5'],
      ['purchase_refunded', '#1', '-200', '0'],
      ['reversed', '#1', '0', '3'],
    ]);
  });

  it('takes back nothing but revenue where everything was used', () => {
    const purchase = account().bought('1000', { price: '10' });
    ledger.charge('1000');
    ledger.refundMoney(purchase, '5');
    expect(moves().slice(1)).toEqual([
      ['returned', '#1', '0', '-5'],
      ['reversed', '#1', '0', '5'],
    ]);
  });

  it('that has failed brings the money back', () => {
    const purchase = account().bought('1000', { bonus: '200', price: '12' });
    ledger.charge('900');
    ledger.refundMoney(purchase, '4');
    const before = ledger.deferred();
    ledger.settleRefund(purchase, 'failed');
    expect(before).toBe('0');
    expect(moves().slice(1)).toEqual([
      ['returned', '#1', '0', '-4'],
      ['purchase_refunded', '#1', '-100', '0'],
      ['purchase_refunded', '#2', '-200', '0'],
      ['reversed', '#2', '0', '1'],
      ['returned', '#1', '0', '4'],
      ['restored', '#1', '100', '0'],
      ['restored', '#2', '200', '0'],
      ['reversed', '#2', '0', '-1'],
    ]);
    expect(ledger.deferred()).toBe('3');
  });

  it('that came before the payment is returned when the credits are taken back', () => {
    const purchase = account().buy('1000', { price: '10' });
    ledger.refundMoney(purchase, '4');
    ledger.pay(purchase);
    expect(ledger.plainFacts()).toEqual([
      ['granted', '#1', '1000', '10'],
      ['returned', '#1', '0', '-4'],
      ['purchase_refunded', '#1', '-400', '0'],
    ]);
  });
});
