import {
  Amount,
  formatAmount,
  IdGenerator,
  LIVE,
  type Account,
  type OwnAlertRules,
  type Authorization,
  type DeclinedMinute,
  type Grant,
  type GrantScope,
  type GrantShare,
  type JsonObject,
  type Usage,
} from '#ledger';
import type { GrantCategory, AuthorizationStatus, AccountStatus, OveragePolicy, Tags } from '#ledger';

/** Rows as Postgres answers them, and what they mean. NUMERIC and BIGINT arrive as text, so no amount meets a float. */
export interface AccountRow {
  account_id: string;
  environment: string;
  external_id: string;
  unit: string;
  name: string | null;
  overdraft_limit: string;
  overage: OveragePolicy;
  time_zone: string;
  metadata: JsonObject;
  status: AccountStatus;
  debt: string;
  overdraft_held: string;
  id_clock: string;
  /** The number of its clock, outside of `live`. */
  test_clock: number;
  created_at: Date;
  alert_rules: StoredRules;
  alert_basis: string;
  alert_epoch: number;
  alert_arming: number;
  alerted_percent: number;
  event_sequence: string;
  usage_total: string;
  usage_marks: MarkList;
}

/** Marks as they are stored: `[[<milliseconds since 1970>, "<used until then>"], …]`. */
export type MarkList = readonly (readonly [at: number, total: string])[];

/** Alert rules as they are stored; an account's own may lack either list. */
export interface StoredRules {
  readonly percent: readonly number[] | null;
  readonly remaining: readonly string[] | null;
}

export function rulesFromRow({ percent, remaining }: StoredRules): OwnAlertRules {
  return { percent, remaining: remaining && remaining.map((level) => new Amount(level)) };
}

export function storedRules({ percent, remaining }: OwnAlertRules): string {
  return JSON.stringify({ percent, remaining: remaining && remaining.map(formatAmount) } satisfies StoredRules);
}

/** @param aheadMs how far its test clock is ahead */
export function accountFromRow(row: AccountRow, aheadMs: number): { account: Account; ids: IdGenerator } {
  const account: Account = {
    key: row.account_id,
    environment: row.environment,
    id: row.external_id,
    unit: row.unit,
    terms: {
      name: row.name,
      overdraftLimit: new Amount(row.overdraft_limit),
      overage: row.overage,
      timeZone: row.time_zone,
      metadata: row.metadata,
    },
    status: row.status,
    testClock: row.environment === LIVE ? null : { number: row.test_clock, aheadMs },
    createdAt: row.created_at.getTime(),
    debt: new Amount(row.debt),
    overdraftHeld: new Amount(row.overdraft_held),
    alerts: {
      rules: rulesFromRow(row.alert_rules),
      basis: new Amount(row.alert_basis),
      epoch: row.alert_epoch,
      percent: row.alerted_percent,
      arming: row.alert_arming,
    },
    burnRate: {
      total: new Amount(row.usage_total),
      samples: row.usage_marks.map(([at, total]) => ({ at, total: new Amount(total) })),
    },
    sequence: Number(row.event_sequence),
  };
  return { account, ids: new IdGenerator(row.account_id, BigInt(row.id_clock)) };
}

export interface GrantRow {
  account_id: string;
  id: string;
  amount: string;
  remaining: string;
  held: string;
  repaid: string;
  category: GrantCategory;
  priority: number;
  scope: GrantScope | null;
  cost_basis: string | null;
  effective_at: Date;
  expires_at: Date | null;
  voided_at: Date | null;
  entered: boolean;
  expired: boolean;
  expiry_notices: number;
  metadata: JsonObject;
  created_at: Date;
}

export function grantFromRow(row: GrantRow): Grant {
  return {
    id: row.id,
    accountKey: row.account_id,
    amount: new Amount(row.amount),
    remaining: new Amount(row.remaining),
    held: new Amount(row.held),
    repaid: new Amount(row.repaid),
    category: row.category,
    priority: row.priority,
    scope: row.scope,
    costBasis: row.cost_basis === null ? null : new Amount(row.cost_basis),
    effectiveAt: row.effective_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    voidedAt: row.voided_at?.getTime() ?? null,
    entered: row.entered,
    expired: row.expired,
    expiryNotices: row.expiry_notices,
    createdAt: row.created_at.getTime(),
    metadata: row.metadata,
  };
}

/** Shares as they are stored: `[["<grant>", "<amount>"], …]`. */
export type ShareList = readonly (readonly [grantId: string, amount: string])[];

/** Draws as they are stored: `[["<grant>" or null for debt, "<amount>", "<transaction>", "<refunded>" or absent for none], …]`. */
export type DrawList = readonly (readonly [
  grantId: string | null,
  amount: string,
  transactionId: string,
  refunded?: string,
])[];

/** How a hold changed, as it is stored: `[[<milliseconds since 1970>, "<held from then on>"], …]`. */
export type StepList = readonly (readonly [at: number, held: string])[];

function sharesFromRow(shares: ShareList): GrantShare[] {
  return shares.map(([grantId, amount]) => ({ grantId, amount: new Amount(amount) }));
}

/** What open and closed authorizations have in common. */
interface AuthorizationRow {
  account_id: string;
  id: string;
  environment: string;
  amount: string;
  committed: string;
  draws: DrawList;
  steps: StepList;
  uncollected: string;
  overage: OveragePolicy;
  usage: Usage[];
  tags: Tags;
  metadata: JsonObject;
  created_at: Date;
  balance_posted: string;
  balance_held: string;
}

export interface HoldRow extends AuthorizationRow {
  held: string;
  allocations: ShareList;
  overdraft_held: string;
  expires_at: Date;
}

export interface ClosedAuthorizationRow extends AuthorizationRow {
  status: Exclude<AuthorizationStatus, 'authorized'>;
  refunded: string;
  late: boolean;
  held_at_close: string;
  final_amount: string | null;
  expires_at: Date | null;
  committed_at: Date | null;
  closed_at: Date;
}

export function authorizationFromHold(row: HoldRow): Authorization {
  return {
    ...commonFromRow(row),
    status: 'authorized',
    held: new Amount(row.held),
    allocations: sharesFromRow(row.allocations),
    overdraftHeld: new Amount(row.overdraft_held),
    refunded: new Amount(0),
    late: false,
    heldAtClose: null,
    finalAmount: null,
    expiresAt: row.expires_at.getTime(),
    committedAt: null,
    closedAt: null,
  };
}

export function authorizationFromClosed(row: ClosedAuthorizationRow): Authorization {
  return {
    ...commonFromRow(row),
    status: row.status,
    held: new Amount(0),
    allocations: [],
    overdraftHeld: new Amount(0),
    refunded: new Amount(row.refunded),
    late: row.late,
    heldAtClose: new Amount(row.held_at_close),
    finalAmount: row.final_amount === null ? null : new Amount(row.final_amount),
    expiresAt: row.expires_at?.getTime() ?? null,
    committedAt: row.committed_at?.getTime() ?? null,
    closedAt: row.closed_at.getTime(),
  };
}

function commonFromRow(row: AuthorizationRow) {
  return {
    id: row.id,
    accountKey: row.account_id,
    environment: row.environment,
    amount: new Amount(row.amount),
    committed: new Amount(row.committed),
    draws: row.draws.map(([grantId, amount, transactionId, refunded]) => ({
      grantId,
      amount: new Amount(amount),
      transactionId,
      refunded: new Amount(refunded ?? 0),
    })),
    steps: row.steps.map(([at, held]) => ({ at, held: new Amount(held) })),
    uncollected: new Amount(row.uncollected),
    overage: row.overage,
    usage: row.usage,
    tags: row.tags,
    metadata: row.metadata,
    createdAt: row.created_at.getTime(),
    balance: { posted: new Amount(row.balance_posted), held: new Amount(row.balance_held) },
  };
}

export interface DeclinedRow {
  account_id: string;
  minute: Date;
  requests: number;
}

export function declinedFromRows(rows: readonly DeclinedRow[]): ReadonlyMap<string, readonly DeclinedMinute[]> {
  const minutes = rows.map(({ account_id: accountKey, minute, requests }) => ({
    accountKey,
    minute: minute.getTime(),
    requests,
  }));
  return Map.groupBy(minutes, ({ accountKey }) => accountKey);
}
