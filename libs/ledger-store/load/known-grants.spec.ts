import {
  accountKey,
  accountState,
  Amount,
  IdClock,
  ZERO,
  type AccountState,
  type Grant,
  type LedgerState,
} from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { KnownGrants } from './known-grants.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');

function stateOf(...accounts: AccountState[]): LedgerState {
  return {
    accounts: new Map(accounts.map((one) => [one.account.key, one])),
    authorizations: new Map(),
    grants: new Map(),
  };
}

function accountWith(id: string, ...remaining: string[]): AccountState {
  const key = accountKey('live', id);
  const ids = new IdClock(key, 4096n);
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
    createdAt: NOW,
    metadata: {},
  }));
  const account = {
    key,
    environment: 'live',
    id,
    unit: 'credits',
    terms: { name: null, overdraftLimit: ZERO, overage: 'cap', timeZone: 'UTC', metadata: {} },
    status: 'active',
    createdAt: NOW,
    debt: ZERO,
    overdraftHeld: ZERO,
  } as const;
  return accountState({ ...account }, ids, grants, null, NOW);
}

describe('known grants', () => {
  it('are given out for the clock they were remembered at, and for no other', () => {
    const known = new KnownGrants();
    const acme = accountWith('acme', '5');
    known.remember(stateOf(acme));
    const stamp = acme.ids.lastStamp;
    expect(known.grantsOf(acme.account.key, stamp)).toEqual(acme.grants);
    expect(known.grantsOf(acme.account.key, stamp + 1n)).toBeNull();
    expect(known.stampsOf([acme.account.key, '1'])).toEqual([stamp.toString(), null]);
  });

  it('leave out grants of which nothing remains', () => {
    const known = new KnownGrants();
    const acme = accountWith('acme', '5', '0');
    known.remember(stateOf(acme));
    expect(known.grantsOf(acme.account.key, acme.ids.lastStamp)?.map(({ remaining }) => remaining.toFixed())).toEqual([
      '5',
    ]);
  });

  it('are forgotten when a batch has failed', () => {
    const known = new KnownGrants();
    const acme = accountWith('acme', '5');
    known.remember(stateOf(acme));
    known.forget([acme.account.key]);
    expect(known.grantsOf(acme.account.key, acme.ids.lastStamp)).toBeNull();
  });

  it('forget the accounts used longest ago when there are too many, those without grants too', () => {
    const known = new KnownGrants(4);
    const [first, second, third] = [accountWith('first', '5'), accountWith('second'), accountWith('third', '5', '6')];
    known.remember(stateOf(first));
    known.remember(stateOf(second));
    known.remember(stateOf(third));
    const isKnown = ({ account, ids }: AccountState) => known.grantsOf(account.key, ids.lastStamp) !== null;
    expect([first, second, third].map(isKnown)).toEqual([false, true, true]);
    for (let turn = 0; turn < 10; turn++) known.remember(stateOf(second));
    expect([first, second, third].map(isKnown)).toEqual([false, true, true]);
  });
});
