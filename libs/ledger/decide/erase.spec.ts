import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { plannedLedgerAt } from '../testing/plan-fixture.ts';
import { refusalOf } from '../testing/refused.ts';

const closed = (): LedgerFixture => {
  const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { name: 'Acme', metadata: { mail: 'a@b.c' } });
  ledger.grant('10').close();
  return ledger;
};

describe('erasing an account', () => {
  it('takes away its name and metadata, and notes when it was asked for', () => {
    const ledger = closed().advance(60);
    const { account } = ledger.erase();
    expect(account.terms).toMatchObject({ name: null, metadata: {}, overage: 'cap' });
    expect(account.closure).toMatchObject({ erasureRequestedAt: ledger.now, erasedAt: null });
  });

  it('takes away what its recurring grants are for', () => {
    const ledger = plannedLedgerAt('2026-01-01T00:00:00Z').account('acme');
    ledger.recurring('alice', '10', { scope: { tags: { user: 'alice' } } }).close();
    ledger.erase();
    expect(ledger.state().refills.recurring).toEqual([]);
  });

  it('again changes nothing, nor does finishing it again', () => {
    const ledger = closed();
    const first = ledger.erase();
    expect(ledger.advance(60).erase().account).toEqual(first.account);
    const finished = ledger.finishErasure();
    expect(finished.account.closure).toMatchObject({ ...first.account.closure, erasedAt: ledger.now });
    expect(ledger.advance(60).finishErasure().account).toEqual(finished.account);
    expect(ledger.erase().account).toEqual(finished.account);
  });

  it('is finished only where it was asked for', () => {
    expect(closed().finishErasure().account.closure.erasedAt).toBeNull();
  });

  it('is refused while the account is not closed, and for one that is not there', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme');
    expect(refusalOf(() => ledger.erase())).toEqual({ code: 'account_not_closed', account: 'acme' });
    expect(refusalOf(() => ledger.erase('none'))).toEqual({ code: 'account_not_found', account: 'none' });
  });
});
