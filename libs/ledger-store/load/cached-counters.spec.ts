import { Amount, ZERO } from '#amounts';
import { accountState, Counters, HoldExpiries, noChanges, type AccountState, type Counter } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { accountWith, authorizationOf, filled, NOW, stateOf } from '../testing/cached-account.ts';
import { AccountCache } from './account-cache.ts';

function windowOf({ account }: AccountState, windowStart: number, open: boolean): Counter {
  return {
    accountKey: account.key,
    counter: '00000000-0000-4000-8000-000000000001',
    kind: 'quantity',
    name: null,
    value: null,
    windowStart,
    windowEnd: windowStart + 10,
    used: new Amount('7'),
    reserved: ZERO,
    overrun: ZERO,
    granted: null,
    lease: null,
    alerted: null,
    exceeded: false,
    open,
  };
}

/** With these windows of a counter, and no others. */
function withWindows({ account, ids, grants }: AccountState, windows: readonly Counter[]): AccountState {
  const rest = { holdExpiries: HoldExpiries.none(), openHolds: 0, counters: Counters.of(windows) };
  return accountState(account, ids, grants, rest, NOW);
}

describe('the counters of a cached account', () => {
  it('stay when the account is learned anew, with the closed ones that a cached authorization may be counted in', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const [over, closed, open] = [windowOf(acme, 0, false), windowOf(acme, 10, false), windowOf(acme, 20, true)];
    const authorization = { ...authorizationOf(acme), createdAt: 10 };
    cache.learn(stateOf([withWindows(acme, [over, closed, open])], [authorization]), NOW);
    const again = { ...open, used: new Amount('8') };
    cache.learn(stateOf([withWindows(acme, [again])]), NOW);
    expect(cache.state.accounts.get(acme.account.key)?.counters.all()).toEqual([closed, again]);
  });

  it('are joined by the closed ones that are read with an authorization, but for what is cached already', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const cached = windowOf(acme, 10, false);
    cache.learn(stateOf([withWindows(acme, [cached])]), NOW);
    const [read, older] = [windowOf(acme, 0, false), { ...cached, used: ZERO }];
    cache.learnFilled(filled(acme, acme.ids.version, { windows: [read, older] }), 0);
    expect(cache.state.accounts.get(acme.account.key)?.counters.all()).toEqual([read, cached]);
  });

  it('are not joined by what was read before the account was', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    const found = filled(acme, acme.ids.version - 1n, { windows: [windowOf(acme, 0, false)] });
    cache.learnFilled(found, 0);
    expect(cache.state.accounts.get(acme.account.key)?.counters.size).toBe(0);
  });

  it('count when it is measured what is cached', () => {
    const cache = new AccountCache({ weightMax: 3 });
    const [first, second] = [accountWith('first'), accountWith('second')];
    cache.learn(stateOf([first]), NOW);
    const counted = withWindows(
      second,
      [0, 10, 20].map((start) => windowOf(second, start, true)),
    );
    cache.learn(stateOf([counted]), NOW);
    expect(cache.has(first.account.key)).toBe(true);
    const changes = noChanges();
    const made = windowOf(second, 30, true);
    counted.counters.add(made);
    changes.counters.create(made);
    cache.follow(changes, NOW, 1);
    expect(cache.has(first.account.key)).toBe(false);
  });
});
