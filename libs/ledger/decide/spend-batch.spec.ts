import { describe, expect, it } from '@jest/globals';
import { ledgerAt, type LedgerFixture } from '../testing/ledger-fixture.ts';
import { refusalOf, refusedItemsOf } from '../testing/refused.ts';
import { plain } from '../testing/plain.ts';

const account = (): LedgerFixture => ledgerAt('2026-01-01T00:00:00Z').account('acme');
const twoAccounts = (): LedgerFixture => account().grant('10').account('beta').grant('10');

describe.each(['authorizeBatch', 'chargeBatch'] as const)('%s, all or nothing', (batch) => {
  it('lets every item through where all are covered, over several accounts', () => {
    const ledger = twoAccounts();
    const { mode, items } = ledger[batch]('all_or_nothing', [
      { account: 'acme', amount: '6' },
      { account: 'beta', amount: '7' },
      { account: 'acme', amount: '4' },
    ]);
    expect(mode).toBe('all_or_nothing');
    expect(items.map((item) => item.ok && [item.value.account, item.value.authorization.amount])).toEqual([
      ['acme', '6'],
      ['beta', '7'],
      ['acme', '4'],
    ]);
    expect([ledger.available('acme'), ledger.available('beta')]).toEqual(['0', '3']);
  });

  it('leaves no trace where one item falls short', () => {
    const ledger = twoAccounts();
    ledger.authorize('3', { account: 'acme' });
    const items = [
      { account: 'acme', amount: '6' },
      { account: 'beta', amount: '11' },
    ];
    const refused = (): unknown => ledger[batch]('all_or_nothing', items);
    expect(refusalOf(refused)).toMatchObject({ code: 'insufficient_credits', account: 'beta', shortfall: '1' });
    expect(ledger.balance('acme')).toEqual({ posted: '10', held: '3', available: '7' });
    expect(ledger.balance('beta')).toEqual({ posted: '10', held: '0', available: '10' });
    expect(ledger.booked('usage')).toEqual([]);
  });

  it('writes no authorization and no transfer where one item falls short, and every row as it was', () => {
    const ledger = twoAccounts();
    const items = [{ amount: '6' }, { amount: '6' }];
    const { changes } = ledger.inOneTransaction(() => refusalOf(() => ledger[batch]('all_or_nothing', items)));
    expect(changes.authorizations.created.size + changes.authorizations.updated.size + changes.transfers.length).toBe(
      0,
    );
    for (const { remaining, held } of changes.grants.updated) expect(plain([remaining, held])).toEqual(['10', '0']);
    for (const { account, posted, held } of changes.accounts.updated) {
      expect(plain([account.debt, account.overdraftHeld, posted, held])).toEqual(['0', '0', '10', '0']);
    }
  });

  it('keeps what earlier commands of the same transaction have changed', () => {
    const ledger = account().grant('10');
    const { changes } = ledger.inOneTransaction(() => {
      ledger.charge('1');
      refusalOf(() => ledger[batch]('all_or_nothing', [{ amount: '6' }, { amount: '6' }]));
      ledger.authorize('2');
    });
    expect(changes.authorizations.created.size).toBe(2);
    expect(ledger.balance()).toEqual({ posted: '9', held: '2', available: '7' });
  });

  it('takes overdraft back too where one item falls short', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '10' }).grant('5');
    expect(refusalOf(() => ledger[batch]('all_or_nothing', [{ amount: '9' }, { amount: '7' }]))).toMatchObject({
      available: '-4',
      shortfall: '1',
    });
    expect(ledger.authorize('15').overdraftHeld).toBe('10');
  });

  it('tells of each item how it would have gone', () => {
    const ledger = twoAccounts().suspend('beta');
    const items = refusedItemsOf(() =>
      ledger[batch]('all_or_nothing', [
        { account: 'acme', amount: '6' },
        { account: 'none', amount: '1' },
        { account: 'acme', amount: '6' },
        { account: 'beta', amount: '1' },
      ]),
    );
    expect(items).toMatchObject([
      { ok: true },
      { ok: false, refusal: { code: 'account_not_found', account: 'none' } },
      { ok: false, refusal: { code: 'insufficient_credits', required: '6', available: '4', shortfall: '2' } },
      { ok: false, refusal: { code: 'account_suspended', account: 'beta' } },
    ]);
  });

  it('holds up to 1 000 items against one state', () => {
    const ledger = account().grant('1000');
    const items = Array.from({ length: 1000 }, () => ({ amount: '1' }));
    expect(ledger[batch]('all_or_nothing', items).items).toHaveLength(1000);
    expect(ledger.available()).toBe('0');
  });
});

describe.each(['authorizeBatch', 'chargeBatch'] as const)('%s, independent', (batch) => {
  it('decides each item on its own, in order', () => {
    const ledger = twoAccounts().account('empty');
    const { mode, items } = ledger[batch]('independent', [
      { account: 'acme', amount: '6' },
      { account: 'acme', amount: '6' },
      { account: 'empty', amount: '1' },
      { account: 'none', amount: '1' },
      { account: 'acme', amount: '4' },
    ]);
    expect(mode).toBe('independent');
    expect(items.map(({ ok }) => ok)).toEqual([true, false, false, false, true]);
    expect(items[3]).toEqual({ ok: false, refusal: { code: 'account_not_found', account: 'none' } });
    expect(ledger.available('acme')).toBe('0');
  });

  it('is accepted even where every item is refused', () => {
    const ledger = account();
    expect(ledger[batch]('independent', [{ amount: '1' }]).items).toMatchObject([{ ok: false }]);
  });
});

describe('a batch of holds', () => {
  it('keeps each of them as a hold of its own', () => {
    const ledger = account().grant('10');
    const { items } = ledger.authorizeBatch('all_or_nothing', [
      { amount: '6', holdSeconds: 60 },
      { amount: '4', holdSeconds: 600 },
    ]);
    const [first, second] = items.map((item) => (item.ok ? item.value.authorization : { id: '' }));
    ledger.advance(60);
    expect(ledger.find(first ?? { id: '' }).status).toBe('expired');
    expect(ledger.commit(second ?? { id: '' })).toMatchObject({ committed: '4', late: false });
  });

  it('gives each item the balance right after it', () => {
    const ledger = account().grant('10');
    const { items } = ledger.authorizeBatch('all_or_nothing', [{ amount: '6' }, { amount: '4' }]);
    expect(items).toMatchObject([
      { value: { authorization: { balance: { posted: '10', held: '6' } } } },
      { value: { authorization: { balance: { posted: '10', held: '10' } } } },
    ]);
  });
});

describe('a batch of charges', () => {
  it('books them as single charges would', () => {
    const together = account().grant('10', { priority: 1 }).grant('10', { priority: 2 });
    const singly = account().grant('10', { priority: 1 }).grant('10', { priority: 2 });
    const { items } = together.chargeBatch('all_or_nothing', [{ amount: '8' }, { amount: '4' }]);
    singly.charge('8');
    const last = singly.charge('4');
    expect(together.booked('usage')).toEqual(singly.booked('usage'));
    expect(together.balance()).toEqual(singly.balance());
    expect(items[1]).toMatchObject({
      value: { authorization: { status: 'committed', committed: last.committed, expiresAt: null } },
    });
  });

  it('isn’t bound by how many holds may be open, for none stays open', () => {
    const ledger = account().grant('10').limitHolds(1);
    ledger.chargeBatch('all_or_nothing', [{ amount: '1' }, { amount: '2' }]);
    expect(ledger.balance()).toEqual({ posted: '7', held: '0', available: '7' });
  });

  it('may use overdraft, which becomes debt', () => {
    const ledger = ledgerAt('2026-01-01T00:00:00Z').account('acme', { overdraftLimit: '5' }).grant('10');
    ledger.chargeBatch('all_or_nothing', [{ amount: '8' }, { amount: '6' }]);
    expect(ledger.debt()).toBe('4');
    expect(ledger.balance()).toEqual({ posted: '-4', held: '0', available: '-4' });
  });
});
