import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');

describe('a commit of no more than is held', () => {
  it('of less uses the allocations in burn-down order and releases the rest', () => {
    const ledger = account();
    const first = ledger.createGrant('10', { priority: 1 });
    const second = ledger.createGrant('10', { priority: 2 });
    const hold = ledger.authorize('16');
    const committed = ledger.commit(hold, '12');
    expect(committed).toMatchObject({
      status: 'committed',
      held: '0',
      committed: '12',
      uncollected: '0',
      allocations: [],
    });
    expect(committed.draws).toEqual([
      { grantId: first.id, amount: '10' },
      { grantId: second.id, amount: '2' },
    ]);
    expect(ledger.remaining()).toEqual(['0', '8']);
    expect(ledger.balance()).toEqual({ posted: '8', held: '0', available: '8' });
  });

  it('of all of it leaves nothing held', () => {
    const ledger = account().grant('10');
    expect(ledger.commit(ledger.authorize('8'), '8')).toMatchObject({ committed: '8', held: '0' });
    expect(ledger.balance()).toEqual({ posted: '2', held: '0', available: '2' });
  });

  it('of no amount means the whole hold', () => {
    const ledger = account().grant('10');
    expect(ledger.commit(ledger.authorize('8'))).toMatchObject({ status: 'committed', committed: '8' });
  });

  it('of an explicit zero releases everything, and is committed', () => {
    const ledger = account().grant('10');
    expect(ledger.commit(ledger.authorize('8'), '0')).toMatchObject({ status: 'committed', committed: '0', held: '0' });
    expect(ledger.balance()).toEqual({ posted: '10', held: '0', available: '10' });
    expect(ledger.booked('usage')).toEqual([]);
  });

  it('of an explicit zero gives overdraft back too', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' });
    ledger.commit(ledger.authorize('8'), '0');
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.charge('10').debtDrawn).toBe('10');
  });

  it('books one transfer per grant, in one transaction', () => {
    const ledger = account().grant('10', { priority: 1 }).grant('10', { priority: 2 });
    const hold = ledger.authorize('12');
    ledger.commit(hold);
    const transfers = ledger.transfers('usage');
    expect(transfers).toMatchObject([
      { debit: 'grant', credit: 'usage', amount: '10', authorizationId: hold.id },
      { debit: 'grant', credit: 'usage', amount: '2', authorizationId: hold.id },
    ]);
    expect(new Set(transfers.map(({ transactionId }) => transactionId)).size).toBe(1);
  });

  it('says when, and what the balance was right after it', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.advance(5);
    expect(ledger.commit(hold, '3')).toMatchObject({
      committedAt: ledger.now,
      closedAt: ledger.now,
      late: false,
      balance: { posted: '7', held: '0' },
    });
  });

  it('lands although the account was suspended, its grant voided and its other credits spent', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    const hold = ledger.authorize('4', { overage: 'reject' });
    ledger.charge('2');
    ledger.voidGrant(grant);
    ledger.suspend();
    expect(ledger.commit(hold, '4')).toMatchObject({ status: 'committed', committed: '4' });
  });

  it('draws 120 from grants of 100 and 100 as 100 and 20', () => {
    const ledger = account().grant('100', { priority: 1 }).grant('100', { priority: 2 });
    ledger.commit(ledger.authorize('120'));
    expect(ledger.remaining()).toEqual(['0', '80']);
  });

  it('may spend the pinned part of a grant that has expired meanwhile; the released part is breakage', () => {
    const ledger = account().grant('10', { expiresIn: 60 });
    const hold = ledger.authorize('8', { holdSeconds: 600 });
    ledger.advance(61);
    expect(ledger.balance()).toEqual({ posted: '8', held: '8', available: '0' });
    expect(ledger.commit(hold, '5')).toMatchObject({ committed: '5', uncollected: '0' });
    expect(ledger.booked('breakage')).toEqual(['2', '3']);
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });
});

describe('a commit that is not final', () => {
  it('charges this part now and keeps the rest held', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    expect(ledger.commit(hold, '3', { final: false })).toMatchObject({
      status: 'authorized',
      committed: '3',
      held: '5',
    });
    expect(ledger.balance()).toEqual({ posted: '7', held: '5', available: '2' });
    expect(ledger.commit(hold, '2', { final: false })).toMatchObject({
      status: 'authorized',
      committed: '5',
      held: '3',
    });
    expect(ledger.commit(hold, '1')).toMatchObject({ status: 'committed', committed: '6', held: '0' });
    expect(ledger.balance()).toEqual({ posted: '4', held: '0', available: '4' });
  });

  it('charges again when it is sent again', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '3', { final: false });
    expect(ledger.commit(hold, '3', { final: false }).committed).toBe('6');
  });

  it('leaves the rest to a final commit without an amount', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '3', { final: false });
    expect(ledger.commit(hold)).toMatchObject({ status: 'committed', committed: '8' });
    expect(ledger.commit(hold)).toMatchObject({ status: 'committed', committed: '8' });
  });

  it('uses the allocations in burn-down order, from part to part', () => {
    const ledger = account();
    const first = ledger.createGrant('10', { priority: 1 });
    const second = ledger.createGrant('10', { priority: 2 });
    const hold = ledger.authorize('16');
    ledger.commit(hold, '7', { final: false });
    const { draws, allocations } = ledger.commit(hold, '7', { final: false });
    expect(draws).toEqual([
      { grantId: first.id, amount: '7' },
      { grantId: first.id, amount: '3' },
      { grantId: second.id, amount: '4' },
    ]);
    expect(allocations).toEqual([{ grantId: second.id, amount: '2' }]);
  });

  it('may take more than is held, and stays open with nothing held', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('4');
    expect(ledger.commit(hold, '6', { final: false })).toMatchObject({
      status: 'authorized',
      committed: '6',
      held: '0',
    });
    expect(ledger.commit(hold, '1')).toMatchObject({ status: 'committed', committed: '7' });
  });

  it('may be followed by a void, which gives nothing of the charged part back', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '3', { final: false });
    expect(ledger.void(hold)).toMatchObject({ status: 'voided', committed: '3', held: '0' });
    expect(ledger.balance()).toEqual({ posted: '7', held: '0', available: '7' });
  });
});

describe('a commit of what is committed already', () => {
  it('of the same amount answers with the first result', () => {
    const ledger = account().grant('100');
    const hold = ledger.authorize('8');
    const first = ledger.commit(hold, '5');
    ledger.charge('50');
    expect(ledger.advance(60).commit(hold, '5')).toEqual(first);
    expect(ledger.booked('usage')).toEqual(['5', '50']);
  });

  it('takes the whole hold, named or not, for the same amount', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    const first = ledger.commit(hold);
    expect(ledger.commit(hold, '8.00')).toEqual(first);
    expect(ledger.commit(hold)).toEqual(first);
  });

  it('goes by the amount asked for, not by what could be collected', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    const first = ledger.commit(hold, '15');
    expect(first).toMatchObject({ committed: '10', uncollected: '5' });
    expect(ledger.commit(hold, '15')).toEqual(first);
    expect(refusalOf(() => ledger.commit(hold, '10')).code).toBe('authorization_committed');
    expect(refusalOf(() => ledger.commit(hold)).code).toBe('authorization_committed');
  });

  it('of another amount is refused', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold, '5');
    expect(refusalOf(() => ledger.commit(hold, '6')).code).toBe('authorization_committed');
    expect(refusalOf(() => ledger.commit(hold, '0')).code).toBe('authorization_committed');
    expect(refusalOf(() => ledger.commit(hold, '5', { final: false })).code).toBe('authorization_committed');
  });

  it('knows an explicit zero again', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    const first = ledger.commit(hold, '0');
    expect(ledger.commit(hold, '0')).toEqual(first);
    expect(refusalOf(() => ledger.commit(hold)).code).toBe('authorization_committed');
  });

  it('is known for a charge too', () => {
    const ledger = account().grant('10');
    const charge = ledger.charge('4');
    expect(ledger.commit(charge)).toEqual(charge);
    expect(refusalOf(() => ledger.commit(charge, '5')).code).toBe('authorization_committed');
  });
});

describe('a commit', () => {
  it('after a void is refused', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.void(hold);
    expect(refusalOf(() => ledger.commit(hold)).code).toBe('authorization_voided');
  });

  it('finds no authorization of another environment, and none that never was', () => {
    const ledger = account();
    const grant = ledger.createGrant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.commit(hold, '8', { environment: 'test' })).code).toBe('authorization_not_found');
    expect(refusalOf(() => ledger.commit(grant)).code).toBe('authorization_not_found');
  });
});
