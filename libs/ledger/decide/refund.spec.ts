import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');

describe('a refund', () => {
  it('of no amount gives everything back, and leaves the authorization committed', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '6');
    expect(ledger.refund(hold)).toMatchObject({
      status: 'committed',
      committed: '6',
      refunded: '6',
      held: '0',
      balance: { posted: '10', held: '0' },
    });
    expect(ledger.balance()).toEqual({ posted: '10', held: '0', available: '10' });
    expect(ledger.transfers('refund')).toMatchObject([
      { debit: 'usage', credit: 'grant', amount: '6', authorizationId: hold.id },
    ]);
  });

  it('gives back in parts until everything is', () => {
    const ledger = account().grant('10');
    const charge = ledger.charge('8');
    expect(ledger.refund(charge, '3').refunded).toBe('3');
    expect(ledger.refund(charge, '0.5').refunded).toBe('3.5');
    expect(ledger.refund(charge).refunded).toBe('8');
    expect(ledger.booked('refund')).toEqual(['3', '0.5', '4.5']);
    expect(ledger.available()).toBe('10');
  });

  it('is refused where it is of more than was committed and not refunded yet', () => {
    const ledger = account().grant('10');
    const charge = ledger.charge('8');
    const tooMuch = (amount?: string): unknown => refusalOf(() => ledger.refund(charge, amount));
    expect(tooMuch('8.000000000001')).toEqual({ code: 'refund_exceeds_committed', refundable: '8' });
    ledger.refund(charge, '5');
    expect(tooMuch('3.000000000001')).toEqual({ code: 'refund_exceeds_committed', refundable: '3' });
    ledger.refund(charge, '3');
    expect(tooMuch('1')).toEqual({ code: 'refund_exceeds_committed', refundable: '0' });
    expect(tooMuch()).toEqual({ code: 'refund_exceeds_committed', refundable: '0' });
    expect(ledger.booked('refund')).toEqual(['5', '3']);
  });

  it('gives nothing back of what could not be collected', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    expect(ledger.commit(hold, '15')).toMatchObject({ committed: '10', uncollected: '5' });
    expect(refusalOf(() => ledger.refund(hold, '11'))).toMatchObject({ refundable: '10' });
    expect(ledger.refund(hold)).toMatchObject({ refunded: '10', uncollected: '5' });
  });

  it('keeps its reason, and books all it does in one transaction of its own', () => {
    const ledger = account().grant('10', { priority: 1 }).grant('10', { priority: 2 });
    const charge = ledger.charge('15');
    ledger.advance(60).refund(charge, undefined, { reason: 'the model failed' });
    const transfers = ledger.transfers('refund');
    expect(transfers).toMatchObject([
      { reason: 'the model failed', createdAt: ledger.now },
      { reason: 'the model failed', createdAt: ledger.now },
    ]);
    expect(new Set(transfers.map(({ transactionId }) => transactionId)).size).toBe(1);
    expect(ledger.transfers('usage').map(({ reason }) => reason)).toEqual([null, null]);
  });

  it('lands although the account is suspended', () => {
    const ledger = account().grant('10');
    const charge = ledger.charge('8');
    expect(ledger.suspend().refund(charge).refunded).toBe('8');
  });

  it('finds no authorization of another environment, and none that never was', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    const charge = ledger.charge('8');
    const code = 'authorization_not_found';
    expect(refusalOf(() => ledger.refund(charge, '1', { environment: 'test' })).code).toBe(code);
    expect(refusalOf(() => ledger.refund(grant)).code).toBe(code);
  });
});

describe('what is refunded', () => {
  it('goes to the grants it came from, the last drawn first', () => {
    const ledger = account().grant('10', { priority: 1 }).grant('10', { priority: 2 });
    const charge = ledger.charge('15');
    ledger.refund(charge, '3');
    expect(ledger.remaining()).toEqual(['0', '8']);
    ledger.refund(charge, '4');
    expect(ledger.remaining()).toEqual(['2', '10']);
    ledger.refund(charge);
    expect(ledger.remaining()).toEqual(['10', '10']);
  });

  it('goes backwards through the parts it was committed in, and names the transaction of each', () => {
    const ledger = account();
    const first = ledger.createGrant('10', { priority: 1 });
    const second = ledger.createGrant('10', { priority: 2 });
    const hold = ledger.authorize('16');
    ledger.commit(hold, '7', { final: false });
    ledger.commit(hold, '7');
    const [part, whole] = [...new Set(ledger.transfers('usage').map(({ transactionId }) => transactionId))];
    ledger.refund(hold, '5');
    ledger.refund(hold, '3');
    expect(ledger.transfers('refund').map(({ grantId, amount, corrects }) => [grantId, amount, corrects])).toEqual([
      [second.id, '4', whole],
      [first.id, '1', whole],
      [first.id, '2', whole],
      [first.id, '1', part],
    ]);
  });

  it('goes first to what was drawn beyond the hold', () => {
    const ledger = account().grant('4', { priority: 2 });
    const hold = ledger.authorize('4');
    ledger.grant('10', { priority: 1 });
    ledger.commit(hold, '9');
    ledger.refund(hold, '6');
    expect(ledger.remaining()).toEqual(['1', '10']);
  });

  it('is spendable again in burn-down order, also where its grant was exhausted', () => {
    const ledger = account();
    const first = ledger.createGrant('10', { priority: 1 });
    const charge = ledger.charge('10');
    const second = ledger.createGrant('10', { priority: 2 });
    ledger.refund(charge, '4');
    expect(ledger.charge('6').draws).toEqual([
      { grantId: first.id, amount: '4' },
      { grantId: second.id, amount: '2' },
    ]);
  });

  it('is spendable within the same transaction', () => {
    const ledger = account();
    const second = ledger.createGrant('10', { priority: 2 });
    const first = ledger.createGrant('10', { priority: 1 });
    const charge = ledger.charge('10');
    ledger.inOneTransaction(() => {
      ledger.refund(charge, '4');
      expect(ledger.charge('6').draws).toEqual([
        { grantId: first.id, amount: '4' },
        { grantId: second.id, amount: '2' },
      ]);
      // The search for credits begins behind the first grant, of which nothing is left.
      ledger.charge('1');
      ledger.refund(charge);
      expect(ledger.charge('7').draws).toMatchObject([{ grantId: first.id, amount: '6' }, { grantId: second.id }]);
    });
  });

  it('is not for a request outside the scope of its grant', () => {
    const ledger = account().grant('10', { scope: { tags: { team: 'a' } } });
    ledger.refund(ledger.charge('10', { tags: { team: 'a' } }));
    expect(refusalOf(() => ledger.charge('1')).code).toBe('insufficient_credits');
  });

  it('becomes breakage at once where its grant has expired', () => {
    const ledger = account();
    const { id } = ledger.createGrant('10', { priority: 1, expiresIn: 60 });
    ledger.grant('10', { priority: 2 });
    const charge = ledger.charge('14');
    ledger.advance(90);
    expect(ledger.refund(charge)).toMatchObject({ refunded: '14', balance: { posted: '10', held: '0' } });
    expect(ledger.transfers('breakage')).toMatchObject([{ grantId: id, amount: '10', createdAt: ledger.now }]);
    expect(ledger.balance()).toEqual({ posted: '10', held: '0', available: '10' });
    ledger.advance(60).sweep();
    expect(ledger.booked('breakage')).toEqual(['10']);
  });

  it('becomes breakage from the instant of the expiry on, and not a millisecond before', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    const charge = ledger.charge('10');
    ledger.advance(59.999).refund(charge, '4');
    expect(ledger.available()).toBe('4');
    ledger.advance(0.001).refund(charge, '3');
    expect(ledger.booked('breakage')).toEqual(['4', '3']);
  });

  it('goes back to funding at once where its grant was voided', () => {
    const ledger = account();
    const grant = ledger.createGrant('10', { category: 'promotional' });
    const charge = ledger.charge('4');
    const hold = ledger.authorize('2');
    ledger.voidGrant(grant);
    ledger.advance(5).refund(charge);
    expect(ledger.transfers('grant_void').at(-1)).toMatchObject({
      credit: 'funding:promotional',
      amount: '4',
      createdAt: ledger.now,
    });
    expect(ledger.balance()).toEqual({ posted: '2', held: '2', available: '0' });
    expect(ledger.commit(hold).committed).toBe('2');
  });
});

describe('a refund of', () => {
  it('an open authorization is refused, although a part was committed', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '3', { final: false });
    expect(refusalOf(() => ledger.refund(hold, '1'))).toEqual({ code: 'authorization_open' });
  });

  it('a voided authorization gives back what was committed in parts', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '3', { final: false });
    ledger.void(hold);
    expect(ledger.refund(hold)).toMatchObject({ status: 'voided', committed: '3', refunded: '3' });
    expect(ledger.available()).toBe('10');
  });

  it('an expired authorization gives back what was committed in parts', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.commit(hold, '3', { final: false });
    expect(ledger.advance(60).refund(hold, '2')).toMatchObject({ status: 'expired', refunded: '2' });
    expect(ledger.available()).toBe('9');
  });

  it('a late commit gives back what that drew', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(60).commit(hold);
    expect(ledger.refund(hold)).toMatchObject({ status: 'committed', late: true, committed: '8', refunded: '8' });
    expect(ledger.available()).toBe('10');
  });

  it('a late commit gives back what that drew first, and nothing twice that was refunded before it', () => {
    const ledger = account().grant('3', { priority: 1 }).grant('10', { priority: 2 });
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.commit(hold, '2', { final: false });
    ledger.advance(60).refund(hold);
    expect(ledger.commit(hold, '5')).toMatchObject({ committed: '7', refunded: '2' });
    expect(ledger.remaining()).toEqual(['0', '8']);
    ledger.refund(hold, '2');
    expect(ledger.remaining()).toEqual(['0', '10']);
    ledger.refund(hold);
    expect(ledger.remaining()).toEqual(['3', '10']);
  });

  it.each([
    ['nothing committed', (ledger: LedgerFixture) => ledger.commit(ledger.authorize('8'), '0')],
    ['nothing committed before a void', (ledger: LedgerFixture) => ledger.void(ledger.authorize('8'))],
  ])('%s is refused', (_, close) => {
    const ledger = account().grant('10');
    const closed = close(ledger);
    expect(refusalOf(() => ledger.refund(closed))).toEqual({ code: 'refund_exceeds_committed', refundable: '0' });
  });

  it('a commit of the same transaction gives it back', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.inOneTransaction(() => {
      ledger.commit(hold);
      expect(ledger.refund(hold).balance).toEqual({ posted: '10', held: '0' });
    });
    expect(ledger.available()).toBe('10');
  });

  it('an authorization leaves a repeated commit its first result', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '6');
    const refunded = ledger.refund(hold, '2');
    expect(ledger.commit(hold, '6')).toEqual(refunded);
    expect(ledger.booked('usage')).toEqual(['6']);
  });
});
