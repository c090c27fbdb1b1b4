import type { PurchaseRefund, Transfer } from '#ledger';
import type { MoneyGrant } from './pool.ts';

/** A refund of a purchase. */
export interface MoneyRefund extends Pick<PurchaseRefund, 'id' | 'money' | 'taken' | 'transactionId' | 'createdAt'> {
  /** The UUIDs of what the purchase has brought. */
  readonly grants: readonly string[];
  readonly currency: string;
}

/** Rows of an account's journal that follow each other; the rows of one command aren't parted. */
export interface MoneyRows {
  /** In the order of their ids. */
  readonly transfers: readonly Transfer[];
  /** Every grant that a transfer names, and the first of each purchase that is refunded. */
  readonly grants: ReadonlyMap<string, MoneyGrant>;
  /** Those of purchases that have brought a grant that a transfer names, and new ones. */
  readonly refunds: readonly MoneyRefund[];
  /** Whether a refund was made among the rows. */
  readonly isNew: (refund: MoneyRefund) => boolean;
  /** Of the environment: that of a bare cost basis. */
  readonly currency: string;
}
