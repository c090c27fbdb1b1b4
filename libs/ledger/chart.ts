import type { Amount } from '#amounts';
import type { GrantCategory } from './grant.ts';
import type { AccountKey } from './ids.ts';

/**
 * The chart of accounts. `grant` and `debt` stand for one ledger account per grant and per account: which one is said by
 * the transfer's own grant and account.
 */
export type LedgerAccount = `funding:${GrantCategory}` | 'grant' | 'usage' | 'breakage' | 'debt' | 'write_off';

/** What a transfer books; the database checks that debit and credit fit the kind. */
export const TRANSFER_KINDS = [
  'grant',
  'usage',
  'debt_repayment',
  'breakage',
  'grant_void',
  'refund',
  'commitment',
  'rollover',
  'purchase_refund',
  'write_off',
] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** One immutable row of the books: `amount` is positive, and `debit` differs from `credit`, but for a rollover, between two grants. */
export interface Transfer {
  readonly id: string;
  readonly accountKey: AccountKey;
  readonly transactionId: string;
  readonly kind: TransferKind;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amount: Amount;
  readonly grantId: string | null;
  /** Of a rollover, the grant that is credited; `grantId` is debited. */
  readonly intoGrantId: string | null;
  readonly authorizationId: string | null;
  /** The transaction that this one puts right. */
  readonly corrects: string | null;
  /** Why, in the operator's words. */
  readonly reason: string | null;
  /** When it took effect: for what time alone has done, the instant it was due, not when it was booked. */
  readonly createdAt: number;
}
