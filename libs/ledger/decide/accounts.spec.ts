import { DEFAULT_TERMS } from '../account.ts';
import { describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import { noChanges } from '../changes.ts';
import { accountRef, ledgerAt } from '../testing/ledger-fixture.ts';
import { refusalOf } from '../testing/refused.ts';
import { decide } from './decide.ts';
import { NO_RULES, type DecisionContext } from './context.ts';

const START = '2026-01-01T00:00:00Z';

describe('creating an account', () => {
  it('begins empty, active and without debt', () => {
    const { account, balance, created } = ledgerAt(START).createAccount('acme', { unit: 'USD', overdraftLimit: '5' });
    expect(account).toMatchObject({
      id: 'acme',
      environment: 'live',
      unit: 'USD',
      status: 'active',
      debt: '0',
      overdraftHeld: '0',
    });
    expect(account.terms.overdraftLimit).toBe('5');
    expect(account.createdAt).toBe(Date.parse(START));
    expect(balance).toEqual({ posted: '0', held: '0' });
    expect(created).toBe(true);
  });

  it('answers the same request again with the account as it is, and makes nothing', () => {
    const ledger = ledgerAt(START)
      .account('acme', { metadata: { a: 1, b: { c: 2, d: 3 } } })
      .grant('10');
    const again = ledger.createAccount('acme', { metadata: { b: { d: 3, c: 2 }, a: 1 } });
    expect(again.created).toBe(false);
    expect(again.balance.posted).toBe('10');
  });

  it('takes an amount written otherwise for the same', () => {
    const ledger = ledgerAt(START).account('acme', { overdraftLimit: '5.50' });
    expect(ledger.createAccount('acme', { overdraftLimit: '5.5' }).created).toBe(false);
  });

  it.each([
    [['unit'], { unit: 'USD' }],
    [['name'], { name: 'Acme' }],
    [['overdraftLimit'], { overdraftLimit: '1' }],
    [['overage'], { overage: 'debt' as const }],
    [['metadata'], { metadata: { a: 1 } }],
    [['metadata'], { metadata: { a: [1] } }],
    [['unit', 'name', 'metadata'], { metadata: { a: null }, name: 'Acme', unit: 'USD' }],
  ])('is refused for an id in use, and says that %j differ', (differing, options) => {
    const ledger = ledgerAt(START).account('acme');
    expect(refusalOf(() => ledger.createAccount('acme', options))).toEqual({ code: 'account_exists', differing });
  });

  it('answers with the account that exists where that is asked for, whatever its terms are', () => {
    const ledger = ledgerAt(START).account('acme', { name: 'Acme' }).grant('10');
    const found = ledger.createAccount('acme', { unit: 'USD', name: 'Other', orExisting: true });
    expect(found).toMatchObject({ created: false, account: { unit: 'credits', terms: { name: 'Acme' } } });
    expect(found.balance.posted).toBe('10');
    expect(ledger.createAccount('beta', { unit: 'USD', orExisting: true })).toMatchObject({
      created: true,
      account: { unit: 'USD' },
    });
  });

  it('compares with the terms of today', () => {
    const ledger = ledgerAt(START).account('acme');
    ledger.updateAccount({ name: 'Acme' });
    expect(refusalOf(() => ledger.createAccount('acme')).code).toBe('account_exists');
    expect(ledger.createAccount('acme', { name: 'Acme' }).created).toBe(false);
  });

  it('never takes one account for another whose key is the same', () => {
    const context: DecisionContext = {
      state: {
        accounts: new Map(),
        authorizations: new Map(),
        grants: new Map(),
        purchases: new Map(),
        testClocks: new Map(),
        declined: new Map(),
      },
      changes: noChanges(),
      realNow: Date.parse(START),
      rules: NO_RULES,
    };
    const acme = accountRef('acme');
    const twin = { ...accountRef('beta'), key: acme.key };
    decide<'create_account'>(context, { type: 'create_account', account: acme, unit: 'credits', terms: DEFAULT_TERMS });
    expect(
      decide<'create_account'>(context, {
        type: 'create_account',
        account: twin,
        unit: 'credits',
        terms: DEFAULT_TERMS,
      }),
    ).toEqual({
      ok: false,
      refusal: { code: 'account_id_taken' },
    });
    const spend = { account: twin, amount: new Amount(1), usage: [], tags: {}, metadata: {} };
    expect(decide<'charge'>(context, { type: 'charge', ...spend })).toEqual({
      ok: false,
      refusal: { code: 'account_not_found', account: 'beta' },
    });
  });
});

describe('updating an account', () => {
  it('changes what is given and leaves the rest', () => {
    const ledger = ledgerAt(START).account('acme', { name: 'Acme', overdraftLimit: '5' }).grant('10');
    const { account, balance } = ledger.updateAccount({ overage: 'debt' });
    expect(account.terms).toMatchObject({ name: 'Acme', overdraftLimit: '5', overage: 'debt' });
    expect(balance).toEqual({ posted: '10', held: '0' });
  });

  it('reports the terms as changed', () => {
    const ledger = ledgerAt(START).account('acme').advance(1);
    const { changes } = ledger.inOneTransaction(() => ledger.updateAccount({ name: 'Acme' }));
    const [changed] = changes.accounts.terms;
    expect([...changes.accounts.updated]).toEqual([changed]);
    expect(changed?.account.terms.name).toBe('Acme');
  });

  it('counts for the next decision', () => {
    const ledger = ledgerAt(START).account('acme');
    expect(refusalOf(() => ledger.charge('5')).code).toBe('insufficient_credits');
    ledger.updateAccount({ overdraftLimit: '5' });
    ledger.charge('5');
    expect(ledger.debt()).toBe('5');
  });

  it('is refused for an account that is not there', () => {
    expect(refusalOf(() => ledgerAt(START).updateAccount({ name: 'x' }, 'none'))).toEqual({
      code: 'account_not_found',
      account: 'none',
    });
  });
});

describe('suspending an account', () => {
  it('declines whatever asks for credits, and takes whatever ends what was begun', () => {
    const ledger = ledgerAt(START).account('acme').grant('20');
    const [committed, voided] = [ledger.authorize('4'), ledger.authorize('4')];
    expect(ledger.setStatus('suspended')).toMatchObject({ account: { status: 'suspended' }, created: false });
    const refusal = { code: 'account_suspended', account: 'acme' };
    expect(refusalOf(() => ledger.authorize('1'))).toEqual(refusal);
    expect(refusalOf(() => ledger.charge('1'))).toEqual(refusal);
    expect(ledger.authorizeBatch('independent', [{ amount: '1' }]).items).toEqual([{ ok: false, refusal }]);
    expect(ledger.commit(committed, '6').committed).toBe('6');
    expect(ledger.void(voided).status).toBe('voided');
    expect(ledger.grant('1').available()).toBe('15');
  });

  it('ends when it is resumed', () => {
    const ledger = ledgerAt(START).account('acme').grant('20').suspend();
    expect(ledger.setStatus('active').account.status).toBe('active');
    expect(ledger.charge('1').committed).toBe('1');
  });

  it('counts for the next decision of the same transaction', () => {
    const ledger = ledgerAt(START).account('acme').grant('20');
    ledger.inOneTransaction(() => {
      expect(refusalOf(() => ledger.suspend().charge('1')).code).toBe('account_suspended');
      expect(ledger.resume().charge('1').committed).toBe('1');
    });
  });

  it('is reported as changed, and again as nothing changed', () => {
    const ledger = ledgerAt(START).account('acme').advance(1);
    const first = ledger.inOneTransaction(() => ledger.suspend());
    expect([...first.changes.accounts.terms].map(({ account }) => account.status)).toEqual(['suspended']);
    expect(first.changes.accounts.updated.size).toBe(1);
    const again = ledger.inOneTransaction(() => ledger.suspend());
    expect(again.changes.accounts.terms.size + again.changes.accounts.updated.size).toBe(0);
  });

  it('leaves terms and balance as they were, and its own state to a change of terms', () => {
    const ledger = ledgerAt(START).account('acme', { name: 'Acme', overdraftLimit: '5' }).grant('10');
    const { account, balance, asOf } = ledger.suspend().updateAccount({ overage: 'debt' });
    expect(account).toMatchObject({
      status: 'suspended',
      terms: { name: 'Acme', overdraftLimit: '5', overage: 'debt' },
    });
    expect([balance, asOf]).toEqual([{ posted: '10', held: '0' }, ledger.now]);
  });

  it('suspends no other account', () => {
    const ledger = ledgerAt(START).account('acme').grant('5').account('beta').grant('5').suspend('acme');
    expect(ledger.charge('1').committed).toBe('1');
  });

  it('is refused for an account that is not there', () => {
    expect(refusalOf(() => ledgerAt(START).suspend('none'))).toEqual({ code: 'account_not_found', account: 'none' });
  });
});
