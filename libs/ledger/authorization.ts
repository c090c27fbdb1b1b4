import { type Amount, type JsonObject, ZERO } from '#amounts';
import type { Tags, Usage } from '#pricing';
import type { AuthorizationPricing } from './authorization-pricing.ts';
import type { Balance } from './balance.ts';
import { withoutReserved, type Reservation } from './counters.ts';
import type { AccountKey } from './ids.ts';
import type { UsageRecord } from './usage-record.ts';

export const AUTHORIZATION_STATUSES = ['authorized', 'committed', 'voided', 'expired'] as const;
export type AuthorizationStatus = (typeof AUTHORIZATION_STATUSES)[number];

/** What happens to a commit of more than is held and available: charge what there is, go into debt, or refuse. */
export const OVERAGE_POLICIES = ['cap', 'debt', 'reject'] as const;
export type OveragePolicy = (typeof OVERAGE_POLICIES)[number];

export type { Tags, Usage };

/** What a request is for: decides which scoped grants may pay for it. */
export interface Spending {
  readonly usage: readonly Usage[];
  readonly tags: Tags;
}

/** Tags and metadata that a commit adds. They say where usage belongs, and choose neither grants nor prices. */
export interface Added {
  readonly tags: Tags;
  readonly metadata: JsonObject;
  /**
   * By tag: the version that the account had before the commit that added it, as text. What was booked before isn't attributed to
   * it. Absent where it isn't known, and then it counts from the beginning.
   */
  readonly since?: Readonly<Record<string, string>>;
}

/** Credits of one grant that an open authorization has pinned. */
export interface GrantShare {
  readonly grantId: string;
  readonly amount: Amount;
}

/** Credits that a commit charged. */
export interface Draw {
  /** `null`: no credits covered it, it became debt. */
  readonly grantId: string | null;
  readonly amount: Amount;
  /** The transaction that booked it. */
  readonly transactionId: string;
  /** What of it was refunded. */
  readonly refunded: Amount;
}

/** What an authorization held from an instant on. */
export interface HoldStep {
  readonly at: number;
  readonly held: Amount;
}

export interface Authorization extends Spending {
  readonly id: string;
  readonly accountKey: AccountKey;
  readonly environment: string;
  /** The UUID of the API key that asked for it; `null` where the service itself did, or before it was kept. */
  readonly keyId: string | null;
  status: AuthorizationStatus;
  /** What was authorized: at first, and by every extension since. Commits may have asked for more. */
  amount: Amount;
  /** Still pinned: the sum of `allocations` and `overdraftHeld`. Zero once closed. */
  held: Amount;
  /** What is pinned of which grant, in burn-down order. */
  allocations: readonly GrantShare[];
  /** The pinned part beyond the credits. What no credits are free for when it is committed becomes debt. */
  overdraftHeld: Amount;
  /** How `held` changed while it was open; empty where it stayed what it was at first. */
  readonly steps: HoldStep[];
  /** What it has reserved and used of which counter. An entry stays when nothing is reserved any more: it says which window. */
  reservations: readonly Reservation[];
  /** Charged so far: the sum of `draws`. */
  committed: Amount;
  /** What was charged to whom, in the order drawn. It grows in place, and so do the steps. */
  readonly draws: Draw[];
  /** Used, but covered by neither credits nor debt. */
  uncollected: Amount;
  refunded: Amount;
  readonly overage: OveragePolicy;
  /** Committed after the hold had expired. */
  late: boolean;
  /** What it still held when its final commit, void or expiry came; `null` while open. */
  heldAtClose: Amount | null;
  /** What the final commit asked for, so that the same commit again is known. */
  finalAmount: Amount | null;
  /** `null` where only amounts were named, on an account without a rate card. */
  pricing: AuthorizationPricing | null;
  /**
   * What its final commit or its charge said; empty while it is open, and where only an amount was named. In the answer to an
   * adjustment, what that said.
   */
  stated: readonly UsageRecord[];
  readonly metadata: JsonObject;
  /** What it belongs to, by a name of the caller's; `null` for nothing. */
  readonly group: string | null;
  /** What its commits have added; `null` for nothing. */
  added: Added | null;
  readonly createdAt: number;
  /** Exclusive: from this instant on the hold counts as released. `null` for a charge, which never held. */
  expiresAt: number | null;
  committedAt: number | null;
  /** When it reached its terminal state; an expired one's is its expiry. */
  closedAt: number | null;
  /** The account's balance right after the last decision on this authorization. */
  balance: Balance;
}

/** An authorization without what grows with every charge: as answers show it, and as they may keep it. */
export type AuthorizationSummary = Readonly<Omit<Authorization, 'draws' | 'steps'>>;

/** How long after its expiry an authorization may still be committed: 24 h. */
export const LATE_COMMIT_WINDOW_MS = 24 * 60 * 60 * 1000;

export const DEFAULT_HOLD_SECONDS = 15 * 60;
export const MAX_HOLD_SECONDS = 24 * 60 * 60;
export const MAX_BATCH_ITEMS = 1000;
/**
 * How many partial commits and extensions by an amount an authorization takes. Each adds to its row, which is written anew
 * every time; a stream that commits every second stays below it for the fifteen minutes that a hold lasts by default.
 */
export const MAX_HOLD_STEPS = 1000;
/** After so many draws it takes no more partial commits either: a single one may draw on thousands of grants. */
export const MAX_HOLD_DRAWS = 5000;

export function isOpen(authorization: Authorization): boolean {
  return authorization.status === 'authorized';
}

/** Whether the hold counts as released, booked or not. */
export function hasLapsed(authorization: Authorization, now: number): boolean {
  return isOpen(authorization) && authorization.expiresAt !== null && now >= authorization.expiresAt;
}

/**
 * What lapsed holds have let go: of one grant as of the instant they expired, or of the account's overdraft. Holds are
 * many and grants are few, so these are sums.
 */
export interface LapsedShare {
  readonly accountKey: AccountKey;
  /** `null`: of the overdraft. Every account with lapsed holds has such a share, though it may be of nothing. */
  readonly grantId: string | null;
  readonly amount: Amount;
  readonly at: number;
}

/** A hold that has lapsed. */
export interface LapsedHold {
  readonly accountKey: AccountKey;
  readonly authorizationId: string;
  /** What it still held. */
  readonly held: Amount;
  readonly createdAt: number;
  readonly at: number;
}

/** What lapsed holds had reserved of one window of a counter, as a sum too. */
export interface LapsedReservation {
  readonly accountKey: AccountKey;
  readonly counter: string;
  readonly windowStart: number;
  readonly amount: Amount;
}

/** What time has released in accounts: sums for the books, and each hold for its event. */
export interface Lapsed {
  readonly shares: readonly LapsedShare[];
  readonly reservations: readonly LapsedReservation[];
  readonly holds: readonly LapsedHold[];
  /** Whether more holds have lapsed than these. Of each account, these are the first that lapsed. */
  readonly isPart: boolean;
}

/**
 * The authorization as time alone makes it: expired where the hold has lapsed, booked or not. The store moves the rows of
 * lapsed holds by a statement that says the same in SQL.
 */
export function asOf(authorization: Authorization, now: number): Authorization {
  if (!hasLapsed(authorization, now)) return authorization;
  return {
    ...authorization,
    status: 'expired',
    held: ZERO,
    allocations: [],
    overdraftHeld: ZERO,
    reservations: withoutReserved(authorization.reservations),
    heldAtClose: authorization.held,
    closedAt: authorization.expiresAt,
  };
}
