import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '100' });

describe('a refund while the account is in debt', () => {
  it('repays the debt it made first', () => {
    const ledger = account().grant('10');
    const charge = ledger.charge('15');
    expect(ledger.refund(charge, '3').balance).toEqual({ posted: '-2', held: '0' });
    expect(ledger.debt()).toBe('2');
    ledger.refund(charge, '4');
    expect(ledger.debt()).toBe('0');
    expect(ledger.remaining()).toEqual(['2']);
    expect(ledger.transfers('refund')).toMatchObject([
      { debit: 'usage', credit: 'debt', amount: '3', grantId: null },
      { debit: 'usage', credit: 'debt', amount: '2', grantId: null },
      { debit: 'usage', credit: 'grant', amount: '2' },
    ]);
  });

  it('repays debt that another authorization made, before its own grants get anything', () => {
    const ledger = account().grant('10');
    const spent = ledger.charge('10');
    ledger.charge('4');
    ledger.refund(spent, '6');
    expect(ledger.debt()).toBe('0');
    expect(ledger.remaining()).toEqual(['2']);
    expect(ledger.transfers('refund').map(({ credit, amount }) => [credit, amount])).toEqual([
      ['debt', '4'],
      ['grant', '2'],
    ]);
  });

  it('repays debt with every draw until there is none', () => {
    const ledger = account().grant('3', { priority: 1 }).grant('3', { priority: 2 });
    const spent = ledger.charge('6');
    ledger.charge('4');
    ledger.refund(spent);
    expect(ledger.debt()).toBe('0');
    expect(ledger.remaining()).toEqual(['2', '0']);
  });

  it('names the transaction that it corrects, whoever made the debt', () => {
    const ledger = account().grant('10');
    const spent = ledger.charge('10');
    ledger.charge('4');
    ledger.refund(spent);
    const [usage] = ledger.transfers('usage');
    expect(ledger.transfers('refund').map(({ corrects }) => corrects)).toEqual([
      usage?.transactionId,
      usage?.transactionId,
    ]);
  });

  it('makes room for what the overdraft limit had refused', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '5' });
    const charge = ledger.charge('5');
    ledger.refund(charge, '2');
    expect(ledger.charge('2').debtDrawn).toBe('2');
    expect(ledger.available()).toBe('-5');
  });
});

describe('a refund of debt that is repaid by now', () => {
  it('goes back to the grant that repaid it', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    const { id } = ledger.createGrant('10');
    ledger.refund(borrowed);
    expect(ledger.remaining()).toEqual(['10']);
    expect(ledger.transfers('refund')).toMatchObject([{ credit: 'grant', grantId: id, amount: '5' }]);
  });

  it('repays first what of it is still owed', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    ledger.grant('3');
    ledger.refund(borrowed);
    expect(ledger.debt()).toBe('0');
    expect(ledger.remaining()).toEqual(['3']);
  });

  it('goes back to the grant that repaid it last, then to the one before', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    ledger.grant('3').grant('2');
    ledger.refund(borrowed, '4');
    expect(ledger.remaining()).toEqual(['2', '2']);
    ledger.refund(borrowed);
    expect(ledger.remaining()).toEqual(['3', '2']);
  });

  it('gives each of several grants only as much as that one repaid', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    ledger.grant('3').grant('10');
    const spent = ledger.charge('8');
    ledger.refund(borrowed);
    expect(ledger.remaining()).toEqual(['3', '2']);
    ledger.refund(spent);
    expect(ledger.remaining()).toEqual(['3', '10']);
  });

  it('gives no grant a second time what it has got back for another authorization', () => {
    const ledger = account();
    const [first, second] = [ledger.charge('5'), ledger.charge('5')];
    ledger.grant('5').grant('10');
    ledger.charge('5');
    ledger.refund(second);
    expect(ledger.remaining()).toEqual(['0', '5']);
    ledger.refund(first);
    expect(ledger.remaining()).toEqual(['5', '5']);
  });

  it('goes to the grants whose refund repaid it', () => {
    const ledger = account().grant('10');
    const spent = ledger.charge('10');
    const borrowed = ledger.charge('4');
    ledger.refund(spent);
    expect([ledger.debt(), ...ledger.remaining()]).toEqual(['0', '6']);
    ledger.refund(borrowed);
    expect(ledger.remaining()).toEqual(['10']);
  });

  it('goes to a grant that got nothing back itself, since its refund repaid it', () => {
    const ledger = account().grant('10');
    const spent = ledger.charge('10');
    const borrowed = ledger.charge('4');
    ledger.refund(spent, '4');
    expect([ledger.debt(), ...ledger.remaining()]).toEqual(['0', '0']);
    ledger.refund(borrowed);
    expect(ledger.remaining()).toEqual(['4']);
    ledger.refund(spent);
    expect(ledger.remaining()).toEqual(['10']);
  });

  it('counts when it is its time where a grant repaid it that is yet to take effect', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    ledger.grant('10', { effectiveIn: 60 });
    expect(ledger.refund(borrowed).balance).toEqual({ posted: '0', held: '0' });
    expect(ledger.available()).toBe('0');
    expect(ledger.advance(60).available()).toBe('10');
  });

  it('becomes breakage where the grant that repaid it has expired', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    ledger.grant('10', { expiresIn: 60 });
    ledger.advance(60).refund(borrowed);
    expect(ledger.booked('breakage')).toEqual(['5', '5']);
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('may be in the transaction in which it was repaid, and goes to the last grant first there too', () => {
    const ledger = account();
    const borrowed = ledger.charge('5');
    ledger.inOneTransaction(() => {
      ledger.grant('3').grant('2');
      ledger.refund(borrowed, '1');
    });
    expect(ledger.remaining()).toEqual(['0', '1']);
  });
});
