import { Amount, ZERO } from '#amounts';
import {
  DEFAULT_TERMS,
  accountKey,
  accountState,
  Counters,
  HoldExpiries,
  IdGenerator,
  noChanges,
  type AccountState,
  type Authorization,
  type Counter,
  type Grant,
  type LedgerState,
} from '#ledger';
import { NO_STORE_RULES } from '../prices/price-source.ts';
import { describe, expect, it } from '@jest/globals';
import { AccountCache } from './account-cache.ts';
import type { Filled } from './filled.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function stateOf(accounts: readonly AccountState[], authorizations: readonly Authorization[] = []): LedgerState {
  return {
    accounts: new Map(accounts.map((one) => [one.account.key, one])),
    authorizations: new Map(authorizations.map((one) => [one.id, one])),
    grants: new Map(),
    testClocks: new Map(),
    declined: new Map(),
  };
}

function accountWith(id: string, ...remaining: string[]): AccountState {
  const key = accountKey('live', id);
  const ids = new IdGenerator(key, 4096n);
  const grants = remaining.map((amount): Grant => ({
    id: ids.next(NOW),
    accountKey: key,
    amount: new Amount(100),
    remaining: new Amount(amount),
    held: ZERO,
    repaid: ZERO,
    category: 'paid',
    priority: 100,
    scope: null,
    costBasis: null,
    effectiveAt: NOW,
    expiresAt: null,
    voidedAt: null,
    entered: true,
    expired: false,
    expiryNotices: 0,
    createdAt: NOW,
    metadata: {},
  }));
  const account = {
    key,
    environment: 'live',
    id,
    unit: 'credits',
    terms: DEFAULT_TERMS,
    overridesVersion: 0,
    hasCommitmentPeriods: false,
    status: 'active',
    closure: { closedAt: null, remainder: null, erasureRequestedAt: null, erasedAt: null },
    testClock: null,
    createdAt: NOW,
    debt: ZERO,
    overdraftHeld: ZERO,
    holdLifetimeMs: null,
    alerts: { rules: { percent: null, remaining: null }, basis: ZERO, epoch: 0, percent: 0, arming: 0 },
    burnRate: { total: ZERO, samples: [] },
    sequence: 0,
  } as const;
  return accountState({ ...account }, ids, grants, { holdExpiries: HoldExpiries.none(), openHolds: 0 }, NOW);
}

function authorizationOf(
  { account, ids }: AccountState,
  status: Authorization['status'] = 'authorized',
): Authorization {
  return {
    id: ids.next(NOW),
    accountKey: account.key,
    environment: 'live',
    keyId: null,
    status,
    amount: ZERO,
    held: ZERO,
    allocations: [],
    reservations: [],
    overdraftHeld: ZERO,
    steps: [],
    committed: ZERO,
    draws: [],
    uncollected: ZERO,
    refunded: ZERO,
    overage: 'cap',
    late: false,
    heldAtClose: null,
    finalAmount: null,
    usage: [],
    tags: {},
    metadata: {},
    group: null,
    pricing: null,
    stated: [],
    added: null,
    createdAt: NOW,
    expiresAt: NOW + 1000,
    committedAt: null,
    closedAt: null,
    balance: { posted: ZERO, held: ZERO },
  };
}

/** At a version that somebody else has given it. */
function at({ account, grants }: AccountState, version: bigint): AccountState {
  return accountState(
    account,
    new IdGenerator(account.key, version),
    grants,
    { holdExpiries: HoldExpiries.none(), openHolds: 0 },
    NOW,
  );
}

function windowOf({ account }: AccountState, windowStart: number, open: boolean): Counter {
  return {
    accountKey: account.key,
    counter: '00000000-0000-4000-8000-000000000001',
    windowStart,
    windowEnd: windowStart + 10,
    used: new Amount('7'),
    reserved: ZERO,
    overrun: ZERO,
    granted: null,
    open,
  };
}

/** With these windows of a counter, and no others. */
function withWindows({ account, ids, grants }: AccountState, windows: readonly Counter[]): AccountState {
  const rest = { holdExpiries: HoldExpiries.none(), openHolds: 0, counters: Counters.of(windows) };
  return accountState(account, ids, grants, rest, NOW);
}

/** What a reading without locks has found. */
function filled({ account }: AccountState, version: bigint, found: Partial<Filled>): Filled {
  const versions = new Map([[account.key, version]]);
  const none = { accounts: new Map(), closedCounters: [], authorizations: new Map(), closed: new Set<string>() };
  return { now: NOW, versions, absent: [], keys: [], ...none, ...found };
}

describe('the counters of a cached account', () => {
  it('stay when the account is learned anew, with those that were closed before', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const [closed, open] = [windowOf(acme, 0, false), windowOf(acme, 10, true)];
    cache.learn(stateOf([withWindows(acme, [closed, open])]), NOW);
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
    cache.learnFilled(filled(acme, acme.ids.version, { closedCounters: [read, older] }), 0);
    expect(cache.state.accounts.get(acme.account.key)?.counters.all()).toEqual([read, cached]);
  });

  it('are not joined by what was read before the account was', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    const found = filled(acme, acme.ids.version - 1n, { closedCounters: [windowOf(acme, 0, false)] });
    cache.learnFilled(found, 0);
    expect(cache.state.accounts.get(acme.account.key)?.counters.size).toBe(0);
  });

  it('count when it is measured what is cached', () => {
    const cache = new AccountCache(undefined, () => false, 4);
    const [first, second] = [accountWith('first'), accountWith('second')];
    cache.learn(stateOf([first]), NOW);
    cache.learn(stateOf([withWindows(second, [windowOf(second, 0, true), windowOf(second, 10, true)])]), NOW);
    expect(cache.has(first.account.key)).toBe(true);
    const changes = noChanges();
    changes.counters.create(windowOf(second, 20, true));
    cache.follow(changes, NOW, 1);
    expect(cache.has(first.account.key)).toBe(false);
  });
});

describe('cached accounts', () => {
  it('give out grants at the version they were learned at, and at no other', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme]), NOW);
    const version = acme.ids.version;
    expect(cache.grantsOf(acme.account.key, version)).toEqual(acme.grants);
    expect(cache.grantsOf(acme.account.key, version + 1n)).toBeNull();
    expect(cache.versionsOf([acme.account.key, '1'])).toEqual([version.toString(), null]);
  });

  it('leave out grants of which nothing remains', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5', '0');
    cache.learn(stateOf([acme]), NOW);
    const given = cache.grantsOf(acme.account.key, acme.ids.version);
    expect(given?.map(({ remaining }) => remaining.toFixed())).toEqual(['5']);
  });

  it('are forgotten with all they own when a batch has failed', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    cache.learn(stateOf([acme], [authorizationOf(acme)]), NOW);
    cache.forget([acme.account.key]);
    expect(cache.versionsOf([acme.account.key])).toEqual([null]);
    expect(cache.state).toEqual(stateOf([]));
  });

  it('are forgotten with all they own when somebody else has moved their version', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const calm = accountWith('calm', '5');
    cache.learn(stateOf([acme, calm], [authorizationOf(acme), authorizationOf(calm)]), NOW);
    cache.compare(stateOf([at(acme, acme.ids.version + 1n), at(calm, calm.ids.version)]));
    expect([...cache.state.accounts.keys()]).toEqual([calm.account.key]);
    expect([...cache.state.authorizations.values()].map(({ accountKey }) => accountKey)).toEqual([calm.account.key]);
    expect(cache.state.grants.size).toBe(1);
  });

  it('keep their open authorizations when they are learned anew, and lose those that were closed', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const [kept, closed] = [authorizationOf(acme), authorizationOf(acme)];
    cache.learn(stateOf([acme], [kept, closed]), NOW);
    cache.learn(stateOf([acme], [{ ...closed, status: 'voided' }]), NOW);
    expect([...cache.state.authorizations.keys()]).toEqual([kept.id]);
  });

  it('lose the authorizations that have lapsed by the time they are learned anew', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const [lapsed, open] = [authorizationOf(acme), { ...authorizationOf(acme), expiresAt: NOW + 1001 }];
    acme.holdExpiries.add('some', NOW + 1000);
    cache.learn(stateOf([acme], [lapsed, open]), NOW);
    cache.learn(
      stateOf([
        accountState(
          acme.account,
          acme.ids,
          [],
          { holdExpiries: HoldExpiries.of([], NOW + 1001), openHolds: 0 },
          NOW + 1000,
        ),
      ]),
      NOW + 1000,
    );
    expect([...cache.state.authorizations.keys()]).toEqual([open.id]);
  });

  it('follow what was decided on them', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const open = authorizationOf(acme);
    cache.learn(stateOf([acme], [open]), NOW);
    const [made, charged] = [authorizationOf(acme), authorizationOf(acme, 'committed')];
    for (const one of [made, charged]) cache.state.authorizations.set(one.id, one);
    open.status = 'committed';
    const changes = noChanges();
    changes.accounts.update(acme);
    for (const one of [made, charged]) changes.authorizations.create(one);
    changes.authorizations.update(open);
    cache.follow(changes, NOW + 5, 1);
    expect([...cache.state.authorizations.keys()]).toEqual([made.id]);
    expect(cache.holdsAt(acme.account.key, NOW + 4)).toBe(false);
    expect(cache.holdsAt(acme.account.key, NOW + 5)).toBe(true);
  });

  it('hold until time alone changes something', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    acme.holdExpiries.add('some', NOW + 900);
    cache.learn(stateOf([acme]), NOW);
    const { key } = acme.account;
    expect([NOW - 1, NOW, NOW + 899, NOW + 900].map((now) => cache.holdsAt(key, now))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    const [grant] = acme.grants;
    if (!grant) throw new Error('acme has a grant');
    const ending = accountState(
      acme.account,
      acme.ids,
      [{ ...grant, expiresAt: NOW + 10 }],
      { holdExpiries: HoldExpiries.of([], NOW + 900), openHolds: 0 },
      NOW,
    );
    cache.learn(stateOf([ending]), NOW);
    expect([NOW + 9, NOW + 10].map((now) => cache.holdsAt(key, now))).toEqual([true, false]);
    const coming = accountState(
      acme.account,
      acme.ids,
      [{ ...grant, effectiveAt: NOW + 7 }],
      { holdExpiries: HoldExpiries.of([], NOW + 900), openHolds: 0 },
      NOW,
    );
    cache.learn(stateOf([coming]), NOW);
    expect([NOW + 6, NOW + 7].map((now) => cache.holdsAt(key, now))).toEqual([true, false]);
  });

  it('are forgotten, the ones used longest ago first, when there are too many, those without grants too', () => {
    const cache = new AccountCache(NO_STORE_RULES, () => false, 4);
    const [first, second, third] = [accountWith('first', '5'), accountWith('second'), accountWith('third', '5', '6')];
    for (const one of [first, second, third]) cache.learn(stateOf([one]), NOW);
    const isCached = ({ account }: AccountState) => cache.versionsOf([account.key])[0] !== null;
    expect([first, second, third].map(isCached)).toEqual([false, true, true]);
    for (let turn = 0; turn < 10; turn++) cache.learn(stateOf([second]), NOW);
    expect([first, second, third].map(isCached)).toEqual([false, true, true]);
  });

  it('remember the youngest of too many authorizations, counted by what they carry', () => {
    const cache = new AccountCache();
    const acme = accountWith('acme', '5');
    const large = Array.from({ length: 5 }, () => ({
      ...authorizationOf(acme),
      metadata: { text: 'x'.repeat(10 * 1024 * 1024) },
    }));
    for (const one of large) cache.learn(stateOf([acme], [one]), NOW);
    expect([...cache.state.authorizations.keys()]).toEqual(large.slice(2).map(({ id }) => id));
  });
});
