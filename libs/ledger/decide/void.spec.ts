import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');

describe('voiding an authorization', () => {
  it('releases everything and charges nothing', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    expect(ledger.void(hold)).toMatchObject({
      status: 'voided',
      held: '0',
      allocations: [],
      heldAtClose: '8',
      committed: '0',
      closedAt: ledger.now,
      balance: { posted: '10', held: '0' },
    });
    expect(ledger.authorize('10').held).toBe('10');
  });

  it('releases overdraft too', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' });
    ledger.void(ledger.authorize('10'));
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
    expect(ledger.authorize('10').overdraftHeld).toBe('10');
  });

  it('lets go of what it pinned last first', () => {
    const ledger = account().grant('3', { priority: 1, expiresIn: 60 }).grant('5', { priority: 2, expiresIn: 60 });
    const hold = ledger.authorize('8', { holdSeconds: 600 });
    ledger.advance(60).void(hold);
    expect(ledger.booked('breakage')).toEqual(['5', '3']);
  });

  it('twice answers with the first result', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    const first = ledger.void(hold);
    ledger.charge('1');
    expect(ledger.advance(3600).void(hold)).toEqual(first);
  });

  it('after a commit is refused', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.commit(hold);
    expect(refusalOf(() => ledger.void(hold)).code).toBe('authorization_committed');
    expect(refusalOf(() => ledger.void(ledger.charge('1'))).code).toBe('authorization_committed');
  });

  it('after the expiry is refused: there is nothing left to release', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8', { holdSeconds: 60 });
    expect(refusalOf(() => ledger.advance(60).void(hold)).code).toBe('authorization_expired');
  });

  it('lands although the account is suspended', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    expect(ledger.suspend().void(hold).status).toBe('voided');
  });

  it('finds no authorization of another environment', () => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    expect(refusalOf(() => ledger.void(hold, 'test')).code).toBe('authorization_not_found');
  });
});

describe('of a commit and a void in one transaction', () => {
  it.each(['commit', 'void'] as const)('exactly one wins: %s came first', (first) => {
    const ledger = account().grant('10');
    const hold = ledger.authorize('8');
    ledger.inOneTransaction(() => {
      ledger[first](hold);
      expect(refusalOf(() => ledger[first === 'commit' ? 'void' : 'commit'](hold)).code).toBe(
        first === 'commit' ? 'authorization_committed' : 'authorization_voided',
      );
    });
    expect(ledger.balance().posted).toBe(first === 'commit' ? '2' : '10');
  });
});
