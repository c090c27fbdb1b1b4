import { Amount, ZERO } from '#amounts';
import { connect, type Pool } from '#database';
import {
  accountKey,
  IdGenerator,
  NO_OWN_RULES,
  NOT_PRICED,
  type Account,
  type Authorization,
  type CommitmentPeriod,
  type Counter,
  type Grant,
  type Purchase,
  type Refills,
  type Transfer,
  type UncollectedUsage,
  type UsageRecord,
} from '#ledger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { insertRows, updateRows, type Statement } from '../statement.ts';
import { ACCOUNT_REFILLS, refillsFromRow, type AccountRefillsRow } from './account-refills.ts';
import { accountFromRow, ACCOUNTS, type AccountRow } from './accounts.ts';
import { authorizationFromClosed, AUTHORIZATIONS, type ClosedAuthorizationRow } from './authorizations.ts';
import { COMMITMENT_PERIODS, commitmentPeriodFromRow, type CommitmentPeriodRow } from './commitment-periods.ts';
import { counterFromRow, COUNTERS, type CounterRow } from './counters.ts';
import { grantFromRow, GRANTS, type GrantRow } from './grants.ts';
import { authorizationFromHold, HOLDS, type HoldRow } from './holds.ts';
import { purchaseFromRow, PURCHASES, type PurchaseRow } from './purchases.ts';
import { UNCOLLECTED_USAGE, uncollectedUsageFromRow, type UncollectedUsageRow } from './uncollected-usage.ts';
import { USAGE_RECORDS, usageRecordFromRow, type UsageRecordRow } from './usage-records.ts';
import { transferFromRow, TRANSFERS, type TransferRow } from './transfers.ts';

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { connectionsMax: 1, log: () => undefined });
  await pool.query(insertRows(ACCOUNTS)([state]));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function written<Row extends object>(statement: Statement, table: string): Promise<Row[]> {
  await pool.query(statement);
  const { rows } = await pool.query<Row>(`select * from ${table}`);
  return rows;
}

/** Whatever an array literal, JSON or the separator of texts might take for its own. */
const ODD = `"quo\\ted", {braces}, NULL, 'tick', \u0001, é, 𝄞`;
const NOW = Date.UTC(2026, 10, 28, 12, 0, 0, 123);
const key = accountKey('test', 'acme');
const VERSION = BigInt(NOW) * 4096n + 7n;
const ids = new IdGenerator(key, 0n);

const account: Account = {
  key,
  environment: 'test',
  id: 'acme',
  unit: ODD.replaceAll('\u0001', ''),
  terms: {
    name: ODD,
    overdraftLimit: new Amount('12.000000000001'),
    overage: 'debt',
    timeZone: 'Europe/Berlin',
    commitment: new Amount('50.000000000001'),
    rateCard: '01920000-0000-7000-8000-000000000003',
    discount: new Amount('0.125'),
    overrides: [{ event: ODD, components: [] }],
    metadata: { [ODD]: [ODD, null, 1.5, { deep: true }] },
  },
  overridesVersion: 2,
  hasCommitmentPeriods: true,
  hasRefills: true,
  status: 'closed',
  closure: { closedAt: NOW - 3, remainder: 'return', erasureRequestedAt: NOW - 2, erasedAt: NOW - 1 },
  testClock: { number: 3, aheadMs: 5_000 },
  createdAt: NOW,
  writtenOff: new Amount('0.000000000002'),
  debt: new Amount('0.5'),
  overdraftHeld: new Amount('1.25'),
  holdLifetimeMs: 4321,
  budgets: [
    {
      name: ODD,
      id: '01920000-0000-7000-8000-000000000004',
      amount: new Amount('1e30'),
      expected: new Amount('0.000000000001'),
      period: 'week',
      anchor: NOW,
      timeZone: 'Asia/Kathmandu',
      mode: 'hard',
      scope: { [ODD]: [ODD, ''] },
      per: ODD,
      thresholds: [50, 150],
      until: NOW,
      raise: { amount: new Amount('2.5'), until: NOW, reason: ODD },
      owner: 'customer',
      createdAt: NOW,
    },
    {
      name: 'month',
      id: '01920000-0000-7000-8000-000000000005',
      amount: ZERO,
      expected: null,
      period: 'month',
      anchor: null,
      timeZone: null,
      mode: 'soft',
      scope: {},
      per: null,
      thresholds: [],
      until: null,
      raise: null,
      owner: 'operator',
      createdAt: NOW,
    },
  ],
  raiseRequests: [
    {
      id: '01920000-0000-7000-8000-000000000006',
      budgetId: '01920000-0000-7000-8000-000000000004',
      name: ODD,
      amount: new Amount('0.000000000001'),
      until: NOW,
      reason: ODD,
      requestedBy: '01920000-0000-7000-8000-000000000007',
      createdAt: NOW,
    },
  ],
  rules: {
    ...NO_OWN_RULES,
    maxAmount: new Amount('1e30'),
    rate: [
      { of: 'amount', limit: new Amount('0.000000000001'), per: 'hour', tag: ODD },
      { of: 'requests', limit: new Amount(7), per: 'second', tag: null },
    ],
    spike: [],
    loop: [{ times: 3, action: 'throttle', seconds: 60, tag: ODD }],
    exempt: true,
  },
  restraints: [
    {
      rule: 'spike',
      action: 'throttle',
      tag: ODD,
      value: ODD,
      rate: { of: 'amount', limit: new Amount('2.5'), per: 'hour' },
      since: NOW,
      until: NOW + 1,
    },
    { rule: 'loop', action: 'suspend', tag: null, value: null, rate: null, since: NOW, until: null },
  ],
  alerts: {
    rules: { percent: [50, 90], remaining: [new Amount('1.5'), ZERO], runOutDays: 3 },
    basis: new Amount('99999999999999999999999999.5'),
    epoch: 4,
    arming: 5,
    percent: 90,
  },
  burnRate: { total: new Amount('1e30'), samples: [{ at: NOW, total: new Amount('0.1') }] },
  sequence: 2 ** 52,
};
const state = { account, ids: new IdGenerator(key, VERSION) };

const grant: Grant = {
  id: ids.next(NOW),
  accountKey: key,
  amount: new Amount('100'),
  remaining: new Amount('40.000000000001'),
  held: new Amount('3'),
  frozen: new Amount('1.000000000001'),
  frozenAt: NOW - 1,
  freezes: [
    { at: NOW - 1, frozen: new Amount('2') },
    { at: NOW, frozen: new Amount('1.000000000001') },
  ],
  repaid: new Amount('0.25'),
  category: 'promotional',
  priority: 255,
  scope: { events: [ODD], tags: { team: ODD } },
  costBasis: new Amount('0.01'),
  amountPaid: new Amount('0.999999999999'),
  currency: 'EUR',
  purchase: '01920000-0000-7000-8000-000000000007',
  purchaseReference: ODD,
  returned: new Amount('0.25'),
  effectiveAt: NOW - 1,
  expiresAt: NOW + 1,
  voidedAt: NOW,
  entered: false,
  expired: true,
  expiryNotices: 2,
  createdAt: NOW - 2,
  metadata: { note: ODD },
  period: {
    name: 'plan',
    start: NOW - 1,
    end: NOW + 1,
    periods: 2,
    previous: NOW - 3,
    rollover: { max: new Amount('0.000000000001'), percent: new Amount('33.3'), until: NOW + 3 },
    from: ids.next(NOW),
  },
};
const bareGrant: Grant = {
  ...grant,
  id: ids.next(NOW),
  remaining: ZERO,
  held: ZERO,
  frozen: ZERO,
  frozenAt: null,
  freezes: [],
  scope: null,
  costBasis: null,
  amountPaid: null,
  currency: null,
  purchase: null,
  purchaseReference: null,
  returned: null,
  expiresAt: null,
  voidedAt: null,
  metadata: {},
  period: null,
};

const purchase: Purchase = {
  id: ids.next(NOW),
  accountKey: key,
  environment: 'test',
  credits: new Amount('100.000000000001'),
  bonusCredits: new Amount('20'),
  price: new Amount('9.99'),
  currency: 'EUR',
  provider: 'stripe',
  paymentMethod: ODD,
  customer: ODD,
  package: '01920000-0000-7000-8000-000000000008',
  automatic: true,
  expiresAfterMs: 31_536_000_000,
  priority: 0,
  metadata: { [ODD]: ODD },
  status: 'disputed',
  reference: ODD,
  actionUrl: ODD,
  failure: { code: ODD, message: ODD },
  paid: { amount: new Amount('9.989999999999'), currency: 'USD' },
  grants: [grant.id],
  refunds: [
    {
      id: ids.next(NOW),
      origin: 'provider',
      money: new Amount('1'),
      credits: new Amount('12.000000000001'),
      taken: [{ grantId: grant.id, amount: new Amount('2') }],
      transactionId: ids.next(NOW),
      tookAll: false,
      status: 'succeeded',
      reference: ODD,
      createdAt: NOW,
    },
  ],
  disputes: [{ reference: ODD, state: 'opened', money: new Amount('0.5'), openedAt: NOW, closedAt: null }],
  refundedMoney: new Amount('1'),
  refundedCredits: new Amount('2'),
  lostCredits: new Amount('10.000000000001'),
  createdAt: NOW - 2,
  succeededAt: NOW - 1,
};
const barePurchase: Purchase = {
  ...purchase,
  id: ids.next(NOW),
  bonusCredits: ZERO,
  paymentMethod: null,
  customer: null,
  package: null,
  automatic: false,
  expiresAfterMs: null,
  metadata: {},
  status: 'pending',
  reference: null,
  actionUrl: null,
  failure: null,
  paid: null,
  grants: [],
  refunds: [],
  disputes: [],
  refundedMoney: ZERO,
  refundedCredits: ZERO,
  lostCredits: ZERO,
  succeededAt: null,
};

const COUNTER = '01920000-0000-4000-8000-000000000002';
const BUDGET = '01920000-0000-8000-8000-000000000003';
const hold: Authorization = {
  id: ids.next(NOW),
  accountKey: key,
  environment: 'test',
  keyId: '01920000-0000-7000-8000-000000000001',
  status: 'authorized',
  amount: new Amount('7.5'),
  held: new Amount('5.000000000001'),
  allocations: [{ grantId: grant.id, amount: new Amount('3') }],
  overdraftHeld: new Amount('2.000000000001'),
  steps: [{ at: NOW, held: new Amount('6') }],
  reservations: [
    { of: 'quantity', counter: COUNTER, windowStart: NOW, amount: new Amount('3'), used: ZERO, first: null },
    {
      of: 'quantity',
      counter: COUNTER,
      windowStart: 0,
      amount: ZERO,
      used: new Amount('0.000000000001'),
      first: new Amount('1e30'),
    },
    { of: 'pace', counter: BUDGET, windowStart: 0, amount: ZERO, used: new Amount('1'), first: ZERO },
    { of: 'spending', counter: BUDGET, windowStart: NOW, amount: new Amount('3'), used: ZERO, first: null },
    { of: 'spending', counter: BUDGET, windowStart: 0, amount: ZERO, used: new Amount('1e30'), first: null },
  ],
  committed: new Amount('1.5'),
  draws: [
    { grantId: grant.id, amount: new Amount('1'), transactionId: ids.next(NOW), refunded: ZERO },
    { grantId: null, amount: new Amount('0.5'), transactionId: ids.next(NOW), refunded: new Amount('0.25') },
  ],
  uncollected: new Amount('0.125'),
  refunded: ZERO,
  overage: 'reject',
  late: false,
  heldAtClose: null,
  finalAmount: null,
  usage: [{ event: ODD, model: ODD, tokens: 12 }],
  tags: { [ODD]: ODD },
  metadata: { note: ODD, none: null },
  group: ODD,
  pricing: {
    price: {
      card: '01920000-0000-7000-8000-000000000003',
      version: 4,
      discount: new Amount('0.2'),
      overrides: { version: 2, prices: [] },
    },
    maxOutputTokens: 4096,
    isByUsage: true,
    extended: [{ event: ODD, output_tokens: 7 }],
    usage: [{ event: ODD, input_tokens: 12 }],
    excess: new Amount('0.25'),
    settlement: 'estimated',
    adjustedDown: new Amount('0.5'),
    notGivenBack: new Amount('0.25'),
    uncollectedDown: new Amount('0.125'),
    cost: { amount: new Amount('0.000000000001'), currency: 'USD' },
  },
  stated: [],
  added: { tags: { [ODD]: ODD }, metadata: { note: ODD }, since: { [ODD]: '7000000000000000' } },
  createdAt: NOW - 1,
  expiresAt: NOW + 1,
  committedAt: null,
  closedAt: null,
  balance: { posted: new Amount('-3.5'), held: new Amount('5.000000000001') },
};
const bareHold: Authorization = {
  ...hold,
  id: ids.next(NOW),
  allocations: [],
  steps: [],
  reservations: [],
  draws: [],
  group: null,
  pricing: NOT_PRICED,
  added: null,
};
const usageRecord: UsageRecord = {
  id: ids.next(NOW),
  accountKey: key,
  environment: 'test',
  authorizationId: hold.id,
  statementId: hold.id,
  kind: 'adjustment',
  usage: { event: ODD, model: ODD, provider: ODD, input_tokens: 12, properties: { [ODD]: ODD } },
  raw: { [ODD]: ODD },
  lines: [
    {
      event: ODD,
      model: ODD,
      component: 1,
      quantity: 'input_tokens',
      count: new Amount(12),
      rate: null,
      amount: new Amount('0.000000000001'),
    },
  ],
  amount: new Amount('0.000000000001'),
  settlement: 'estimated',
  cost: new Amount('0.5'),
  currency: 'USD',
  createdAt: NOW,
};
const bareRecord: UsageRecord = {
  ...usageRecord,
  id: ids.next(NOW),
  usage: { event: 'a' },
  raw: null,
  lines: [],
  amount: null,
  cost: null,
  currency: null,
};
const uncollected: UncollectedUsage = {
  id: ids.next(NOW),
  accountKey: key,
  environment: 'test',
  authorizationId: hold.id,
  amount: new Amount('-0.000000000001'),
  createdAt: NOW,
};
const committed: Authorization = {
  ...hold,
  status: 'committed',
  held: ZERO,
  allocations: [],
  overdraftHeld: ZERO,
  refunded: new Amount('0.25'),
  late: true,
  heldAtClose: new Amount('5'),
  finalAmount: new Amount('2'),
  committedAt: NOW,
  closedAt: NOW + 1,
};
const expired: Authorization = {
  ...committed,
  id: ids.next(NOW),
  status: 'expired',
  late: false,
  finalAmount: null,
  expiresAt: null,
  committedAt: null,
};

const counter: Counter = {
  accountKey: key,
  counter: COUNTER,
  kind: 'budget',
  name: ODD.replaceAll('\u0001', ''),
  value: ODD,
  windowStart: NOW,
  windowEnd: NOW + 1,
  used: new Amount('0.000000000001'),
  reserved: new Amount('2.5'),
  overrun: new Amount('0.500000000001'),
  granted: new Amount('2'),
  lease: 3,
  alerted: 150,
  exceeded: true,
  open: true,
};
const running: CommitmentPeriod = {
  id: ids.next(NOW),
  accountKey: key,
  start: NOW,
  end: NOW + 1,
  amount: new Amount('0.000000000001'),
  spent: ZERO,
  settled: false,
  draws: [],
  uncollected: ZERO,
};
const settledPeriod: CommitmentPeriod = {
  ...running,
  start: NOW - 1,
  end: NOW,
  spent: new Amount('1e30'),
  settled: true,
  draws: hold.draws,
  uncollected: new Amount('7'),
};

const endlessCounter: Counter = {
  ...counter,
  kind: 'quantity',
  name: null,
  value: null,
  windowStart: 0,
  windowEnd: null,
  reserved: ZERO,
  overrun: ZERO,
  granted: null,
  lease: null,
  alerted: null,
  exceeded: false,
  open: false,
};

const transfer: Transfer = {
  id: ids.next(NOW),
  accountKey: key,
  transactionId: ids.next(NOW),
  kind: 'refund',
  debit: 'usage',
  credit: 'grant',
  amount: new Amount('0.000000000001'),
  grantId: grant.id,
  intoGrantId: null,
  authorizationId: hold.id,
  corrects: ids.next(NOW),
  reason: ODD,
  createdAt: NOW,
};
const bareTransfer: Transfer = {
  ...transfer,
  id: ids.next(NOW),
  kind: 'grant',
  debit: 'funding:paid',
  authorizationId: null,
  corrects: null,
  reason: null,
};

const rollover: Transfer = {
  ...bareTransfer,
  id: ids.next(NOW),
  kind: 'rollover',
  debit: 'grant',
  intoGrantId: bareGrant.id,
};

const refills: Refills = {
  autoTopup: {
    enabled: true,
    on: 'posted',
    threshold: new Amount('0.000000000001'),
    buys: { package: ids.next(NOW), credits: new Amount('1e25'), bonus: ZERO },
    offer: {
      package: ids.next(NOW),
      pricePerCredit: null,
      price: new Amount('9.5'),
      currency: 'USD',
      minorUnit: new Amount('0.01'),
      expiresAfterMs: null,
      priority: 255,
    },
    provider: 'stripe',
    paymentMethod: ODD,
    customer: null,
    cooldownMs: 1000,
    maxPerPeriod: { period: 'week', count: null, amount: new Amount('12.5') },
    cappedSince: NOW,
    firedAt: null,
    declinedAt: NOW,
    declines: 1,
    suspended: false,
    waitsUntil: NOW + 1,
  },
  underWay: { purchase: ids.next(NOW), credits: new Amount('0.5'), automatic: true },
  recurring: [],
  plan: null,
};

describe('what is written by a description is read back as it was', () => {
  it('an account, and each update of it', async () => {
    const updates = ['sums', 'terms', 'alerts'].map((update) => updateRows(ACCOUNTS, update)([state]));
    for (const update of updates) await pool.query(update);
    const { rows } = await pool.query<AccountRow>('select * from accounts');
    expect(rows.map((row) => accountFromRow(row, 5_000))).toEqual([{ account, ids: new IdGenerator(key, VERSION) }]);
  });

  it('grants', async () => {
    const rows = await written<GrantRow>(insertRows(GRANTS)([grant, bareGrant]), 'grants');
    expect(rows.map(grantFromRow)).toEqual([grant, bareGrant]);
  });

  it('a change of a grant that is rare', async () => {
    const other = {
      ...bareGrant,
      expiresAt: NOW + 2,
      frozenAt: NOW,
      freezes: [{ at: NOW, frozen: ZERO }],
      returned: ZERO,
    };
    const rows = await written<GrantRow>(updateRows(GRANTS, 'state', 'rare')([other]), 'grants');
    expect(rows.map(grantFromRow)).toContainEqual(other);
  });

  it('purchases', async () => {
    const rows = await written<PurchaseRow>(insertRows(PURCHASES)([purchase, barePurchase]), 'purchases');
    expect(rows.map(purchaseFromRow)).toEqual([purchase, barePurchase]);
    const other = { ...purchase, status: 'succeeded' as const, disputes: [], refundedMoney: ZERO };
    const changed = await written<PurchaseRow>(updateRows(PURCHASES)([other]), 'purchases');
    expect(changed.map(purchaseFromRow)).toContainEqual(other);
  });

  it('how an account is refilled, and a change of it', async () => {
    const rows = await written<AccountRefillsRow>(
      insertRows(ACCOUNT_REFILLS)([{ account, refills }]),
      'account_refills',
    );
    expect(rows.map(refillsFromRow)).toEqual([{ account: { key }, refills }]);
    const other = { ...refills, autoTopup: null, underWay: null };
    const changed = await written<AccountRefillsRow>(
      updateRows(ACCOUNT_REFILLS)([{ account, refills: other }]),
      'account_refills',
    );
    expect(changed.map(refillsFromRow)).toEqual([{ account: { key }, refills: other }]);
  });

  it('holds', async () => {
    const rows = await written<HoldRow>(insertRows(HOLDS)([hold, bareHold]), 'holds');
    expect(rows.map(authorizationFromHold)).toEqual([hold, bareHold]);
  });

  it('closed authorizations', async () => {
    const insert = insertRows(AUTHORIZATIONS)([committed, expired]);
    const rows = await written<ClosedAuthorizationRow>(insert, 'authorizations');
    expect(rows.map(authorizationFromClosed)).toEqual([committed, expired]);
  });

  it('periods of commitments', async () => {
    const periods = [settledPeriod, running];
    const rows = await written<CommitmentPeriodRow>(insertRows(COMMITMENT_PERIODS)(periods), 'commitment_periods');
    expect(rows.map(commitmentPeriodFromRow)).toEqual(periods);
    const changed = periods.map((one) => ({ ...settledPeriod, start: one.start, end: one.end, id: one.id }));
    const updated = await written<CommitmentPeriodRow>(updateRows(COMMITMENT_PERIODS)(changed), 'commitment_periods');
    expect(updated.map(commitmentPeriodFromRow)).toEqual(changed);
  });

  it('counters', async () => {
    const rows = await written<CounterRow>(insertRows(COUNTERS)([counter, endlessCounter]), 'counters');
    expect(rows.map(counterFromRow)).toEqual([counter, endlessCounter]);
    const used = [counter, endlessCounter].map((one) => ({
      ...one,
      used: new Amount('2'),
      overrun: new Amount('7'),
      open: true,
    }));
    const updated = await written<CounterRow>(updateRows(COUNTERS, 'sums', 'state')(used), 'counters');
    expect(updated.map(counterFromRow)).toEqual(used);
  });

  it('transfers', async () => {
    const rows = await written<TransferRow>(insertRows(TRANSFERS)([transfer, bareTransfer, rollover]), 'transfers');
    expect(rows.map(transferFromRow)).toEqual([transfer, bareTransfer, rollover]);
  });

  it('usage records', async () => {
    const rows = await written<UsageRecordRow>(insertRows(USAGE_RECORDS)([usageRecord, bareRecord]), 'usage_records');
    expect(rows.map(usageRecordFromRow)).toEqual([usageRecord, bareRecord]);
  });

  it('uncollected usage', async () => {
    const rows = await written<UncollectedUsageRow>(insertRows(UNCOLLECTED_USAGE)([uncollected]), 'uncollected_usage');
    expect(rows.map(uncollectedUsageFromRow)).toEqual([uncollected]);
  });
});
