import type {
  AccountKey,
  AuthorizationStatus,
  Grant,
  PurchaseRefund,
  Tags,
  Transfer,
  UncollectedUsage,
  Usage,
  UsageRecord,
} from '#ledger';

/**
 * A part of an account's journal: its rows with `after < version <= through`, in the order of their ids, and what they refer to.
 * Rows are append-only and per account committed in the order of their ids, so a slice is complete for ever. What they refer to is
 * as it is now, which may be later: only what never changes is taken from it, or what the slice itself shows to have happened.
 */
export interface JournalSlice {
  readonly account: SliceAccount;
  /** Versions of the account, see `versionOf`. */
  readonly after: bigint;
  readonly through: bigint;
  readonly transfers: readonly Transfer[];
  readonly records: readonly UsageRecord[];
  readonly uncollected: readonly UncollectedUsage[];
  /** By UUID: what the transfers name, what rolled over into or out of it, and all others of the same purchases. */
  readonly grants: ReadonlyMap<string, SliceGrant>;
  /** By UUID: what has sold those grants, and what a refund of the slice is of, see `versionOf`; the first grant of those is in `grants`. */
  readonly purchases: ReadonlyMap<string, SlicePurchase>;
  /** By UUID: what the rows name. */
  readonly authorizations: ReadonlyMap<string, SliceAuthorization>;
}

export interface SliceAccount {
  readonly key: AccountKey;
  readonly environment: string;
  readonly unit: string;
  /** Of the environment: in which a bare cost basis is. */
  readonly currency: string;
  /** Whether its personal data was erased, or is being so. */
  readonly isErased: boolean;
}

/** Of a grant, what may count for its money. */
export type SliceGrant = Pick<
  Grant,
  | 'id'
  | 'amount'
  | 'category'
  | 'costBasis'
  | 'amountPaid'
  | 'currency'
  | 'purchase'
  | 'purchaseReference'
  | 'returned'
  | 'effectiveAt'
  | 'expiresAt'
  | 'voidedAt'
  | 'createdAt'
  | 'period'
>;

export interface SlicePurchase {
  readonly id: string;
  readonly currency: string;
  /** The UUIDs of what it has brought. */
  readonly grants: readonly string[];
  readonly refunds: readonly PurchaseRefund[];
}

export interface SliceAuthorization {
  readonly id: string;
  readonly status: AuthorizationStatus;
  readonly keyId: string | null;
  /** What was named when it was authorized. */
  readonly usage: readonly Usage[];
  readonly tags: Tags;
  /** What commits have added. */
  readonly addedTags: Tags;
  /** By tag: it counts for what has a later version than this, as text. One that isn't here counts from the beginning. */
  readonly addedSince: Readonly<Record<string, string>>;
  readonly late: boolean;
  readonly committedAt: number | null;
  /** Of the transaction that charged it first; `null`: nothing was charged yet. */
  readonly firstDraw: string | null;
}
