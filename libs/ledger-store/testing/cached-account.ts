import { Amount, ZERO } from '#amounts';
import {
  type AccountKey,
  DEFAULT_TERMS,
  accountKey,
  accountState,
  HoldExpiries,
  IdGenerator,
  NO_OWN_RULES,
  NO_RESTRAINTS,
  type AccountState,
  type Authorization,
  type Grant,
  type LedgerState,
} from '#ledger';
import type { Filled } from '../load/filled.ts';

export const NOW = Date.parse('2026-01-01T00:00:00Z');

export function stateOf(accounts: readonly AccountState[], authorizations: readonly Authorization[] = []): LedgerState {
  return {
    accounts: new Map(accounts.map((one) => [one.account.key, one])),
    authorizations: new Map(authorizations.map((one) => [one.id, one])),
    purchases: new Map(),
    grants: new Map(),
    testClocks: new Map(),
    declined: new Map(),
  };
}

function grantWith(remaining: string, id: string, key: AccountKey): Grant {
  return {
    id,
    accountKey: key,
    amount: new Amount(100),
    remaining: new Amount(remaining),
    held: ZERO,
    repaid: ZERO,
    frozen: ZERO,
    frozenAt: null,
    freezes: [],
    category: 'paid',
    priority: 100,
    scope: null,
    costBasis: null,
    amountPaid: null,
    currency: null,
    purchase: null,
    purchaseReference: null,
    returned: null,
    effectiveAt: NOW,
    expiresAt: null,
    voidedAt: null,
    entered: true,
    expired: false,
    expiryNotices: 0,
    createdAt: NOW,
    metadata: {},
    period: null,
  };
}

export function accountWith(id: string, ...remaining: string[]): AccountState {
  const key = accountKey('live', id);
  const ids = new IdGenerator(key, 4096n);
  const grants = remaining.map((amount) => grantWith(amount, ids.next(NOW), key));
  const account = {
    key,
    environment: 'live',
    id,
    unit: 'credits',
    terms: DEFAULT_TERMS,
    overridesVersion: 0,
    hasCommitmentPeriods: false,
    hasRefills: false,
    status: 'active',
    closure: { closedAt: null, remainder: null, erasureRequestedAt: null, erasedAt: null },
    testClock: null,
    createdAt: NOW,
    debt: ZERO,
    writtenOff: ZERO,
    overdraftHeld: ZERO,
    holdLifetimeMs: null,
    budgets: [],
    raiseRequests: [],
    rules: NO_OWN_RULES,
    restraints: NO_RESTRAINTS,
    alerts: {
      rules: { percent: null, remaining: null, runOutDays: null },
      basis: ZERO,
      epoch: 0,
      percent: 0,
      arming: 0,
    },
    burnRate: { total: ZERO, samples: [] },
    sequence: 0,
  } as const;
  return accountState({ ...account }, ids, grants, { holdExpiries: HoldExpiries.none(), openHolds: 0 }, NOW);
}

export function authorizationOf(
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

/** What a reading without locks has found. */
export function filled({ account }: AccountState, version: bigint, found: Partial<Filled>): Filled {
  const versions = new Map([[account.key, version]]);
  const none = { accounts: new Map(), windows: [], authorizations: new Map(), closed: new Set<string>() };
  return { now: NOW, versions, absent: [], keys: [], ...none, ...found };
}
