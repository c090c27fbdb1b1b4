import { describe, expect, it } from '@jest/globals';
import { Amount } from '#amounts';
import type { Authorize, Commit } from './commands.ts';
import { IdGenerator } from './id-generator.ts';
import { needsOf, weightOf } from './needs.ts';
import { accountRef } from './testing/ledger-fixture.ts';

const acme = accountRef('acme');
const beta = accountRef('beta');

function hold(account: typeof acme): Authorize {
  return { account, amount: new Amount(1), usage: [], tags: {}, metadata: {}, holdSeconds: 60, overage: null };
}

function commitOf(id: string): Commit {
  return { authorization: { environment: 'live', id }, amount: null, final: true };
}

describe('needsOf', () => {
  const ofAcme = new IdGenerator(acme.key, 0n).next(1);
  const ofBeta = new IdGenerator(beta.key, 0n).next(1);

  it('names the account of a request', () => {
    expect(needsOf({ type: 'authorize', ...hold(acme) })).toEqual({
      accounts: [acme.key],
      authorizations: [],
      grants: [],
      refunds: [],
      purchases: [],
      underWay: [],
      rateCards: [],
      testClocks: [],
      sweeps: [],
    });
  });

  it('names every account of a batch, the one its key is kept under first', () => {
    const needs = needsOf({ type: 'authorize_batch', mode: 'independent', items: [hold(beta), hold(acme)] });
    expect(needs.accounts).toEqual([beta.key, acme.key]);
  });

  it('finds the account in the id of an authorization or a grant', () => {
    expect(needsOf({ type: 'commit', ...commitOf(ofAcme) })).toEqual({
      accounts: [acme.key],
      authorizations: [ofAcme],
      grants: [],
      refunds: [],
      purchases: [],
      underWay: [],
      rateCards: [],
      testClocks: [],
      sweeps: [],
    });
    expect(needsOf({ type: 'void', authorization: { environment: 'live', id: ofBeta } }).accounts).toEqual([beta.key]);
    expect(needsOf({ type: 'void_grant', grant: { environment: 'live', id: ofAcme } })).toEqual({
      accounts: [acme.key],
      authorizations: [],
      grants: [ofAcme],
      refunds: [],
      purchases: [],
      underWay: [],
      rateCards: [],
      testClocks: [],
      sweeps: [],
    });
    expect(needsOf({ type: 'commit_batch', items: [commitOf(ofBeta), commitOf(ofAcme)] })).toEqual({
      accounts: [beta.key, acme.key],
      authorizations: [ofBeta, ofAcme],
      grants: [],
      refunds: [],
      purchases: [],
      underWay: [],
      rateCards: [],
      testClocks: [],
      sweeps: [],
    });
  });

  it('names the purchase that is said something of, and that an account which is closed may have one', () => {
    const purchase = { environment: 'live', id: ofAcme };
    const needs = needsOf({ type: 'cancel_purchase', purchase });
    expect(needs).toMatchObject({ accounts: [acme.key], purchases: [ofAcme], underWay: [] });
    const closing = needsOf({ type: 'close_account', account: acme, remainder: 'breakage' });
    expect(closing).toMatchObject({ accounts: [acme.key], purchases: [], underWay: [acme.key] });
  });

  it('names one that credits may go back of as a refund too', () => {
    const authorization = { environment: 'live', id: ofAcme };
    const needs = { accounts: [acme.key], authorizations: [ofAcme], grants: [] };
    expect(needsOf({ type: 'extend', authorization, amount: null, holdSeconds: 60 })).toEqual({
      ...needs,
      refunds: [],
      purchases: [],
      underWay: [],
      rateCards: [],
      testClocks: [],
      sweeps: [],
    });
    expect(needsOf({ type: 'refund', authorization, amount: null, reason: null })).toEqual({
      ...needs,
      refunds: [ofAcme],
      purchases: [],
      underWay: [],
      rateCards: [],
      testClocks: [],
      sweeps: [],
    });
  });

  it('names the environments whose testClocks it goes by, each once; `live` has none', () => {
    const items = ['test', 'test', 'live', 'staging'].map((environment) => ({
      ...commitOf(ofAcme),
      authorization: { environment, id: ofAcme },
    }));
    expect(needsOf({ type: 'commit_batch', items }).testClocks).toEqual(['test', 'staging']);
    const inTest = accountRef('acme', 'test');
    expect(needsOf({ type: 'charge_batch', mode: 'independent', items: [hold(inTest)] }).testClocks).toEqual(['test']);
    expect(needsOf({ type: 'set_account_status', account: inTest, status: 'active' }).testClocks).toEqual(['test']);
    expect(needsOf({ type: 'void_grant', grant: { environment: 'test', id: ofAcme } }).testClocks).toEqual(['test']);
  });
});

describe('weightOf', () => {
  it('counts a batch by its items, anything else as one', () => {
    expect(weightOf({ type: 'authorize', ...hold(acme) })).toBe(1);
    expect(weightOf({ type: 'charge_batch', mode: 'independent', items: [hold(acme), hold(beta)] })).toBe(2);
  });
});
