import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');

describe('charge', () => {
  it('is committed: committing the whole of it again changes nothing, without saying its usage again', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('10');
    const charge = ledger.charge('4', { usage: [{ event: 'chat' }] });
    expect(ledger.commit(charge)).toMatchObject({ status: 'committed', committed: '4' });
    expect(ledger.available()).toBe('6');
  });

  it('authorizes and commits in one step', () => {
    const ledger = account().grant('10');
    expect(ledger.charge('4')).toMatchObject({
      status: 'committed',
      amount: '4',
      committed: '4',
      held: '0',
      uncollected: '0',
      expiresAt: null,
      committedAt: ledger.now,
      closedAt: ledger.now,
      balance: { posted: '6', held: '0' },
    });
    expect(ledger.balance()).toEqual({ posted: '6', held: '0', available: '6' });
  });

  it('draws in burn-down order, never what holds have pinned', () => {
    const ledger = account().grant('10', { priority: 1 }).grant('10', { priority: 2 });
    ledger.authorize('4');
    ledger.charge('8');
    expect(ledger.remaining()).toEqual(['4', '8']);
    expect(ledger.available()).toBe('8');
  });

  it('passes 2 500 times 0.004 against 10, and is declined the 2 501st time', () => {
    const ledger = account().grant('10');
    for (let i = 0; i < 2500; i++) ledger.charge('0.004');
    expect(refusalOf(() => ledger.charge('0.004'))).toMatchObject({
      code: 'insufficient_credits',
      required: '0.004',
      available: '0',
      shortfall: '0.004',
    });
    expect(ledger.balance()).toEqual({ posted: '0', held: '0', available: '0' });
  });

  it('goes into debt up to the overdraft limit, whatever the overage policy', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z')
      .account('acme', { overdraftLimit: '5', overage: 'reject' })
      .grant('10');
    expect(ledger.charge('12')).toMatchObject({ committed: '12', debtDrawn: '2' });
    expect(refusalOf(() => ledger.charge('4'))).toMatchObject({
      code: 'insufficient_credits',
      available: '-2',
      shortfall: '1',
    });
    expect(ledger.charge('3').debtDrawn).toBe('3');
    expect(ledger.debt()).toBe('5');
  });

  it('is all or nothing: a decline takes nothing', () => {
    const ledger = account().grant('10');
    expect(refusalOf(() => ledger.charge('10.5'))).toMatchObject({ available: '10', shortfall: '0.5' });
    expect(ledger.balance().posted).toBe('10');
  });

  it('is declined for a suspended account', () => {
    expect(refusalOf(() => account().grant('10').suspend().charge('1')).code).toBe('account_suspended');
  });

  it('is exact in the last place of a very large amount', () => {
    const ledger = account().grant('99999999999999999999999999.999999999999');
    ledger.charge('0.000000000001');
    expect(ledger.balance().posted).toBe('99999999999999999999999999.999999999998');
  });
});
