import type { JsonObject } from '#amounts';
import { ZERO } from '#amounts';
import { noChanges, NOT_PRICED, type AccountState, type Authorization } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { accountWith, authorizationOf, filled, NOW, stateOf } from '../testing/cached-account.ts';
import { AccountCache } from './account-cache.ts';

const CARD = '00000000-0000-7000-8000-000000000001';

/** A copy of its own at each call, as when it is read from the database. */
function pricesOf(amount: string, text = ''): JsonObject[] {
  return [{ event: 'used', match: { model: text }, components: [{ quantity: 'units', amount }] }];
}

function withOverrides(id: string, version: number, overrides: readonly JsonObject[]): AccountState {
  const state = accountWith(id);
  state.account.overridesVersion = version;
  state.account.terms = { ...state.account.terms, overrides };
  return state;
}

function pricedBy(state: AccountState, version: number, prices: readonly JsonObject[]): Authorization {
  const price = { card: CARD, version: 1, discount: ZERO, overrides: { version, prices } };
  return { ...authorizationOf(state), pricing: { ...NOT_PRICED, price } };
}

function pricesIn(cache: AccountCache, { id }: Authorization) {
  return cache.state.authorizations.get(id)?.pricing?.price?.overrides?.prices;
}

describe('an account with prices of its own', () => {
  it('shares them with its authorizations, so that they are parsed once', () => {
    const cache = new AccountCache();
    const own = pricesOf('1');
    const acme = withOverrides('acme', 2, own);
    const [learned, found] = [pricedBy(acme, 2, pricesOf('1')), pricedBy(acme, 2, pricesOf('1'))];
    cache.learn(stateOf([acme], [learned]), NOW);
    cache.learnFilled(filled(acme, acme.ids.version, { authorizations: new Map([[found.id, found]]) }), 0);
    expect(pricesIn(cache, learned)).toBe(own);
    expect(pricesIn(cache, found)).toBe(own);
    expect(cache.overridesOf(acme.account.key, 2)).toBe(own);
  });

  it('keeps one copy of earlier ones for as long as an authorization is priced by them', () => {
    const cache = new AccountCache();
    const acme = withOverrides('acme', 2, pricesOf('1'));
    const [first, second] = [pricedBy(acme, 1, pricesOf('9')), pricedBy(acme, 1, pricesOf('9'))];
    cache.learn(stateOf([acme], [first, second]), NOW);
    const shared = cache.overridesOf(acme.account.key, 1);
    expect(shared).toEqual(pricesOf('9'));
    expect(pricesIn(cache, first)).toBe(shared);
    expect(pricesIn(cache, second)).toBe(shared);
    cache.learn(stateOf([acme], [{ ...first, status: 'voided' }]), NOW);
    expect(cache.overridesOf(acme.account.key, 1)).toBe(shared);
    cache.learn(stateOf([acme], [{ ...second, status: 'voided' }]), NOW);
    expect(cache.overridesOf(acme.account.key, 1)).toBeNull();
  });

  it('never takes prices of a batch that has failed for those of the same version that are stored', () => {
    const cache = new AccountCache();
    const acme = withOverrides('acme', 2, pricesOf('1'));
    const stored = pricedBy(acme, 2, pricesOf('3'));
    cache.learn(stateOf([acme], [stored]), NOW);
    expect(pricesIn(cache, stored)).toEqual(pricesOf('3'));
  });

  it('counts by the size of its prices, also when they have changed', () => {
    const cache = new AccountCache({ weightMax: 100 });
    const [first, second] = [accountWith('first'), accountWith('second')];
    cache.learn(stateOf([first, second]), NOW);
    second.account.terms = { ...second.account.terms, overrides: pricesOf('1', 'x'.repeat(100 * 1024)) };
    const changes = noChanges();
    changes.accounts.update(second);
    cache.follow(changes, NOW, 1);
    expect(cache.has(first.account.key)).toBe(false);
  });

  it('makes the authorizations that are priced by earlier ones count by their size, once for each version', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme');
    const large = [1, 2, 3].flatMap((version) => {
      const prices = pricesOf('1', 'x'.repeat(4 * 1024 * 1024));
      return [pricedBy(acme, version, prices), pricedBy(acme, version, prices)];
    });
    cache.learn(stateOf([acme], large), NOW);
    expect([...cache.state.authorizations.keys()]).toEqual(large.slice(4).map(({ id }) => id));
  });
});
