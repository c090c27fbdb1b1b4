import { Amount, ZERO } from '#amounts';
import {
  accountState,
  Counters,
  HoldExpiries,
  needsOf,
  noChanges,
  type AccountState,
  type Counter,
  type Reservation,
} from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { accountWith, authorizationOf, filled, NOW, stateOf } from '../testing/cached-account.ts';
import { voidHold } from '../testing/commands.ts';
import { AccountCache } from './account-cache.ts';

/** The window of one user. */
function windowOf({ account }: AccountState, user: number, used = '0'): Counter {
  return {
    accountKey: account.key,
    counter: `00000000-0000-8000-8000-${String(user).padStart(12, '0')}`,
    kind: 'budget',
    name: 'daily',
    value: `user-${String(user)}`,
    windowStart: 0,
    windowEnd: NOW + 1_000_000,
    used: new Amount(used),
    reserved: ZERO,
    overrun: ZERO,
    granted: null,
    alerted: null,
    exceeded: false,
    lease: null,
    open: true,
  };
}

function withWindows({ account, ids, grants }: AccountState, windows: readonly Counter[]): AccountState {
  const rest = { holdExpiries: HoldExpiries.none(), openHolds: 0, counters: Counters.of(windows) };
  return accountState(account, ids, grants, rest, NOW);
}

/** What a batch does that counts for these users for the first time. */
function count(cache: AccountCache, account: AccountState, users: readonly number[], batch: number): void {
  const changes = noChanges();
  const cached = cache.state.accounts.get(account.account.key);
  if (!cached) throw new Error('the account is not cached');
  for (const user of users) {
    const known = cached.counters.at(windowOf(account, user).counter, NOW);
    const window = known ?? windowOf(account, user);
    if (!known) cached.counters.add(window);
    (known ? changes.counters.updated : changes.counters.created).add(window);
  }
  cache.follow(changes, NOW, batch);
}

function usersOf(cache: AccountCache, account: AccountState): (string | null)[] {
  const counters = cache.state.accounts.get(account.account.key)?.counters;
  return (counters?.byValue() ?? []).map(({ value }) => value);
}

describe('windows by value', () => {
  it('of 60 000 users leave the account and all others cached, and stay within a bound', () => {
    const cache = new AccountCache();
    const [acme, other] = [accountWith('acme', '5'), accountWith('other', '5')];
    cache.learn(stateOf([acme, other]), NOW);
    for (let batch = 1; batch <= 60; batch += 1) {
      count(
        cache,
        acme,
        Array.from({ length: 1000 }, (_, index) => batch * 1000 + index),
        batch,
      );
      cache.batchesEnded(batch);
    }
    cache.learn(stateOf([accountWith('third')]), NOW);
    expect([acme, other].map(({ account }) => cache.has(account.key))).toEqual([true, true]);
    const users = usersOf(cache, acme);
    expect(users.length).toBe(50_000);
    expect(users[0]).toBe('user-11000');
  });

  it('that were used longest ago go first', () => {
    const cache = new AccountCache({ windowsMax: 2 });
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    count(cache, acme, [1, 2], 0);
    count(cache, acme, [1], 0);
    count(cache, acme, [3], 0);
    expect(usersOf(cache, acme)).toEqual(['user-1', 'user-3']);
  });

  it('stay as long as the batch that has changed them is in flight, or something read before it may come', () => {
    const cache = new AccountCache({ windowsMax: 2 });
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    count(cache, acme, [1, 2, 3], 1);
    count(cache, acme, [4], 2);
    expect(usersOf(cache, acme).length).toBe(4);
    cache.batchesEnded(1);
    count(cache, acme, [5], 3);
    expect(usersOf(cache, acme)).toEqual(['user-4', 'user-5']);
  });

  it('stay when their account is learned anew, but for those that were loaded with it', () => {
    const cache = new AccountCache({ windowsMax: 2 });
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    count(cache, acme, [1, 2], 0);
    cache.learn(stateOf([withWindows(acme, [windowOf(acme, 2, '7')])]), NOW);
    const counters = cache.state.accounts.get(acme.account.key)?.counters;
    expect(counters?.byValue().map(({ value, used }) => [value, used.toFixed()])).toEqual([
      ['user-1', '0'],
      ['user-2', '7'],
    ]);
    count(cache, acme, [3, 4], 0);
    expect(usersOf(cache, acme)).toEqual(['user-3', 'user-4']);
  });

  it('are forgotten with their account', () => {
    const cache = new AccountCache({ windowsMax: 2 });
    const [acme, other] = [accountWith('acme', '5'), accountWith('other', '5')];
    cache.learn(stateOf([acme, other]), NOW);
    count(cache, acme, [1, 2], 0);
    cache.forget([acme.account.key]);
    count(cache, other, [3, 4], 0);
    cache.learn(stateOf([withWindows(acme, [])]), NOW);
    expect([usersOf(cache, acme), usersOf(cache, other)]).toEqual([[], ['user-3', 'user-4']]);
  });

  it('are joined by what is read of others, unless it was read before the account was', () => {
    const cache = new AccountCache({ windowsMax: 2 });
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    count(cache, acme, [1], 0);
    const windows = [windowOf(acme, 1, '7'), windowOf(acme, 2, '7')];
    cache.learnFilled(filled(acme, acme.ids.version - 1n, { windows }), 0);
    expect(usersOf(cache, acme)).toEqual(['user-1']);
    cache.learnFilled(filled(acme, acme.ids.version, { windows }), 0);
    const counters = cache.state.accounts.get(acme.account.key)?.counters;
    expect(counters?.byValue().map(({ used }) => used.toFixed())).toEqual(['0', '7']);
  });

  it('are needed by the authorizations that count in them', () => {
    const cache = new AccountCache({ windowsMax: 2 });
    const acme = accountWith('acme', '5');
    const { counter, windowStart } = windowOf(acme, 1);
    const reservation: Reservation = { of: 'spending', counter, windowStart, amount: ZERO, used: ZERO, first: null };
    const authorization = { ...authorizationOf(acme), reservations: [reservation] };
    cache.learn(stateOf([withWindows(acme, [windowOf(acme, 1)])], [authorization]), NOW);
    const needs = needsOf(voidHold(authorization.id));
    expect(cache.covers(needs, NOW)).toBe(true);
    count(cache, acme, [2, 3], 0);
    expect(cache.covers(needs, NOW)).toBe(false);
    cache.learnFilled(filled(acme, acme.ids.version, { windows: [windowOf(acme, 1)] }), 0);
    expect(cache.covers(needs, NOW)).toBe(true);
  });
});
