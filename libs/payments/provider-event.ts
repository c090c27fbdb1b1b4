import type { Money, PaymentResult, RefundResult } from './payment-provider.ts';

/** News from a provider. It may arrive late, twice, out of order, and before the answer to the request that caused it. */
export type ProviderEvent = PaymentEvent | RefundEvent | DisputeEvent;

interface AboutPurchase {
  /** The same whenever the same news arrives. With the provider's name it says which news was acted on already. */
  readonly id: string;
  /** The purchase's public id. */
  readonly purchase: string;
  /** The account's id and its environment, as they were given with the payment. */
  readonly account: string;
  readonly environment: string;
}

export interface PaymentEvent extends AboutPurchase {
  readonly type: 'payment';
  readonly result: PaymentResult;
}

export interface RefundEvent extends AboutPurchase {
  readonly type: 'refund';
  /** Our id of the refund; null: it was made at the provider. */
  readonly refund: string | null;
  /** The provider's id of the refund. */
  readonly reference: string;
  readonly status: RefundResult['status'];
  readonly money: Money;
}

export interface DisputeEvent extends AboutPurchase {
  readonly type: 'dispute';
  readonly state: 'opened' | 'won' | 'lost';
  /** The provider's id of the dispute. */
  readonly reference: string;
  /** What is disputed: a part of what was paid, or all of it; null: all that hasn't gone back. */
  readonly money: Money | null;
}
