import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('20');

describe('the steps of a hold', () => {
  it('are none where it stayed what it was at first, however it ended', () => {
    const ledger = account();
    const holds = Array.from({ length: 4 }, () => ledger.authorize('3', { holdSeconds: 60 }));
    const [committed, voided, extended, expired] = holds.map(({ id }) => ({ id })) as [
      { id: string },
      { id: string },
      { id: string },
      { id: string },
    ];
    ledger.advance(10).commit(committed, '5');
    ledger.void(voided);
    ledger.extend(extended, { holdSeconds: 600 });
    ledger.advance(50);
    for (const hold of [committed, voided, extended, expired]) expect(ledger.find(hold).steps).toEqual([]);
  });

  it('say from when on it held what: parts, and extensions', () => {
    const ledger = account();
    const hold = ledger.authorize('8');
    ledger.advance(10).commit(hold, '3', { final: false });
    ledger.advance(10).extend(hold, { amount: '4', holdSeconds: 900 });
    ledger.advance(10).commit(hold, '10', { final: false });
    const steps = [
      { at: hold.createdAt, held: '8' },
      { at: hold.createdAt + 10_000, held: '5' },
      { at: hold.createdAt + 20_000, held: '9' },
      { at: hold.createdAt + 30_000, held: '0' },
    ];
    expect(ledger.find(hold).steps).toEqual(steps);
    expect(ledger.advance(10).commit(hold, '1').steps).toEqual(steps);
  });

  it('stand in the order they happened where they share an instant', () => {
    const ledger = account();
    ledger.inOneTransaction(() => {
      const hold = ledger.authorize('8');
      ledger.extend(hold, { amount: '4' });
      expect(ledger.commit(hold, '7', { final: false }).steps).toEqual([
        { at: ledger.now, held: '8' },
        { at: ledger.now, held: '12' },
        { at: ledger.now, held: '5' },
      ]);
    });
  });

  it('stay as they were where a change is declined', () => {
    const ledger = account();
    const hold = ledger.authorize('8', { overage: 'reject' });
    expect(() => ledger.extend(hold, { amount: '13' })).toThrow();
    expect(() => ledger.commit(hold, '21', { final: false })).toThrow();
    expect(ledger.find(hold).steps).toEqual([]);
  });

  it('tell the balance of every past instant', () => {
    const ledger = account();
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    ledger.advance(10).commit(hold, '3', { final: false });
    ledger.advance(10).extend(hold, { amount: '9', holdSeconds: 60 });
    ledger.advance(10).sweep();
    ledger.advance(60).commit(hold, '2');
    ledger.checkPastBalances();
  });
});
