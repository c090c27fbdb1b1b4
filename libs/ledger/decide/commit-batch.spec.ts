import { describe, expect, it } from '@jest/globals';
import { ledgerAt } from '../testing/ledger-fixture.ts';

describe('a batch of commits', () => {
  it('decides each on its own, over several accounts', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('10').account('beta').grant('10');
    const first = ledger.authorize('5', { account: 'acme' });
    const voided = ledger.authorize('5', { account: 'acme' });
    const second = ledger.authorize('5', { account: 'beta' });
    ledger.void(voided);
    const { items } = ledger.commitBatch([{ id: first.id, amount: '3' }, voided, second]);
    expect(items).toMatchObject([
      { ok: true, value: { account: 'acme', authorization: { committed: '3' } } },
      { ok: false, refusal: { code: 'authorization_voided' } },
      { ok: true, value: { account: 'beta', authorization: { committed: '5' } } },
    ]);
    expect([ledger.available('acme'), ledger.available('beta')]).toEqual(['7', '5']);
  });

  it('charges an authorization that it names twice once', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('10');
    const { id } = ledger.authorize('5');
    const { items } = ledger.commitBatch([
      { id, amount: '3' },
      { id, amount: '3' },
      { id, amount: '4' },
    ]);
    expect(items[1]).toEqual(items[0]);
    expect(items[2]).toMatchObject({ ok: false, refusal: { code: 'authorization_committed' } });
    expect(ledger.booked('usage')).toEqual(['3']);
  });

  it('lets each take only what those before it have left', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme').grant('10');
    const [a, b] = [ledger.authorize('2'), ledger.authorize('2')];
    const { items } = ledger.commitBatch([
      { id: a.id, amount: '7' },
      { id: b.id, amount: '7' },
    ]);
    expect(items).toMatchObject([
      { value: { authorization: { committed: '7', uncollected: '0' } } },
      { value: { authorization: { committed: '3', uncollected: '4' } } },
    ]);
  });
});
