import { accountState, HoldExpiries, IdGenerator, noChanges, type AccountState } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { accountWith, authorizationOf, NOW, stateOf } from '../testing/cached-account.ts';
import { AccountCache } from './account-cache.ts';

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
    const cache = new AccountCache({ weightMax: 4 });
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
