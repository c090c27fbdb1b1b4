import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const indebted = (): LedgerFixture =>
  ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '100', overage: 'debt' });

describe('writing debt off', () => {
  it('takes it off what is owed, with the reason', () => {
    const ledger = indebted();
    ledger.charge('20');
    expect(ledger.writeOff('15').account).toMatchObject({ debt: '5', writtenOff: '15' });
    expect(ledger.balance().posted).toBe('-5');
    expect(ledger.writeOff().account).toMatchObject({ debt: '0', writtenOff: '20' });
    expect(ledger.transfers('write_off')).toMatchObject([
      { debit: 'write_off', credit: 'debt', amount: '15', reason: 'lost' },
      { debit: 'write_off', credit: 'debt', amount: '5', reason: 'lost' },
    ]);
  });

  it('is refused beyond what is owed, and where nothing is', () => {
    const ledger = indebted();
    expect(refusalOf(() => ledger.writeOff())).toMatchObject({ code: 'write_off_exceeds_debt' });
    ledger.charge('20');
    expect(refusalOf(() => ledger.writeOff('20.1'))).toMatchObject({ code: 'write_off_exceeds_debt' });
    expect(ledger.debt()).toBe('20');
  });

  it('is taken of a closed account, whose debt stays', () => {
    const ledger = indebted();
    ledger.charge('20');
    ledger.close();
    expect(ledger.writeOff().account).toMatchObject({ status: 'closed', debt: '0' });
  });

  it('leaves nothing to be repaid by the next grant', () => {
    const ledger = indebted();
    ledger.charge('20');
    ledger.writeOff();
    ledger.grant('50');
    expect(ledger.balance().posted).toBe('50');
  });
});

describe('a refund of usage whose debt was written off', () => {
  it('gives nothing back to anybody', () => {
    const ledger = indebted();
    const used = ledger.charge('20');
    ledger.writeOff();
    ledger.grant('50');
    expect(ledger.refund(used)).toMatchObject({ refunded: '20' });
    expect(ledger.balance().posted).toBe('50');
    expect(ledger.transfers('write_off').at(-1)).toMatchObject({ debit: 'debt', credit: 'write_off', amount: '20' });
    expect(ledger.transfers('refund')).toMatchObject([{ credit: 'debt', amount: '20', grantId: null }]);
  });

  it('goes there before it goes to the grant that repaid the rest', () => {
    const ledger = indebted();
    const used = ledger.charge('20');
    ledger.writeOff('5');
    ledger.grant('50');
    ledger.refund(used, '12');
    expect(ledger.balance().posted).toBe('42');
    ledger.refund(used);
    expect(ledger.balance().posted).toBe('50');
    expect(ledger.remaining()).toEqual(['50']);
  });

  it('pays what is owed by then first', () => {
    const ledger = indebted();
    const used = ledger.charge('20');
    ledger.writeOff();
    ledger.charge('8');
    ledger.refund(used);
    expect(ledger.debt()).toBe('0');
    expect(ledger.balance().posted).toBe('0');
    expect(ledger.transfers('refund').map(({ amount }) => amount)).toEqual(['8', '12']);
  });
});
