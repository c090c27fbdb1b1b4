import type { Amount, JsonObject } from '#amounts';
import type { GrantShare } from './authorization.ts';
import type { ProviderName } from './auto-topup.ts';
import type { AccountKey } from './ids.ts';

export const PAYMENT_STATUSES = ['pending', 'requires_action', 'succeeded', 'failed', 'refunded', 'disputed'] as const;
/**
 * What has become of a payment. `requires_action`: the customer has to confirm it. `refunded`: all of the price has gone back, or
 * everything that was left of the credits was taken back. `disputed`: it isn't decided yet whether the customer gets it back.
 */
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** What is sold, and how it is paid for. */
export interface PurchaseTerms {
  /** What the price is said for. */
  readonly credits: Amount;
  /** Given on top; they share the price. */
  readonly bonusCredits: Amount;
  /** Money, in `currency`. */
  readonly price: Amount;
  readonly currency: string;
  readonly provider: ProviderName;
  /** The provider's names for what is charged, and for whom. */
  readonly paymentMethod: string | null;
  readonly customer: string | null;
  /** The UUID of the credit package. */
  readonly package: string | null;
  /** How long the credits last from the payment on; `null`: for ever. */
  readonly expiresAfterMs: number | null;
  readonly priority: number;
  readonly metadata: JsonObject;
}

export interface PaymentFailure {
  readonly code: string;
  readonly message: string;
}

export interface Money {
  readonly amount: Amount;
  readonly currency: string;
}

/** Why money goes back: an operator asked for it here, somebody did it at the provider, or a dispute was lost. */
export type RefundOrigin = 'asked' | 'provider' | 'dispute';

/** Money of a purchase that goes back to the customer, and the credits that it had paid for. */
export interface PurchaseRefund {
  /** A UUID of the account: the provider's idempotency key. */
  readonly id: string;
  readonly origin: RefundOrigin;
  readonly money: Amount;
  /** What that money had paid for, bonus included: what was taken back, and what was lost. */
  readonly credits: Amount;
  /** What was taken back, grant by grant. The rest of `credits` was spent or held, or had expired. */
  readonly taken: readonly GrantShare[];
  /** The transaction that took it back; `null` where nothing was. */
  readonly transactionId: string | null;
  /** Whether nothing was left of the purchase's grants then. */
  readonly tookAll: boolean;
  /** Of the money: `pending` until the provider has confirmed that it went back. */
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** The provider's name for it. */
  readonly reference: string | null;
  readonly createdAt: number;
}

/** The customer's bank disputes the payment. */
export interface PurchaseDispute {
  /** The provider's name for it. */
  readonly reference: string;
  readonly state: 'opened' | 'won' | 'lost';
  /** How much of the price; `null`: all that hasn't gone back. */
  readonly money: Amount | null;
  readonly openedAt: number;
  readonly closedAt: number | null;
}

/** What was sold to an account. Times are by the account's clock, in milliseconds since 1970. */
export interface Purchase extends PurchaseTerms {
  /** A UUID of the account: the provider's idempotency key. */
  readonly id: string;
  readonly accountKey: AccountKey;
  readonly environment: string;
  /** Whether the account's rule began it. */
  readonly automatic: boolean;
  status: PaymentStatus;
  /** The provider's name for the payment. */
  reference: string | null;
  /** Where the customer confirms the payment. */
  actionUrl: string | null;
  failure: PaymentFailure | null;
  /** What was paid, where it isn't the price. Nothing was granted for it. */
  paid: Money | null;
  /** The UUIDs of what was granted: the credits, and the bonus where there is one. */
  grants: readonly string[];
  succeededAt: number | null;
  refunds: readonly PurchaseRefund[];
  disputes: readonly PurchaseDispute[];
  /** The sums of its refunds that haven't failed: money that went back, credits taken back, and credits that couldn't be. */
  refundedMoney: Amount;
  refundedCredits: Amount;
  lostCredits: Amount;
  readonly createdAt: number;
}

/** What a provider says of a payment. */
export interface PaymentResult {
  readonly status: 'processing' | 'requires_action' | 'succeeded' | 'failed';
  readonly reference: string | null;
  readonly failure?: PaymentFailure | null;
  readonly actionUrl?: string | null;
  /** What was paid; the price, where it isn't said. */
  readonly paid?: Money | null;
}

/** Whether it isn't decided yet if the customer pays. An account has at most one such purchase. */
export function isUnderWay({ status }: Pick<Purchase, 'status'>): boolean {
  return status === 'pending' || status === 'requires_action';
}

/** Whether the money was taken, and the credits granted; some of it may have gone back since. */
export function isPaid({ status }: Pick<Purchase, 'status'>): boolean {
  return status === 'succeeded' || status === 'refunded' || status === 'disputed';
}

/** What a purchase brings, bonus included. */
export function totalCredits({ credits, bonusCredits }: Pick<PurchaseTerms, 'credits' | 'bonusCredits'>): Amount {
  return credits.plus(bonusCredits);
}
