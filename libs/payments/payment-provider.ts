import type { Amount } from '#amounts';

export type ProviderName = 'stripe' | 'manual' | 'test';

export interface Money {
  /** In the currency's major unit: 12.5 is 12 dollars and 50 cents. Never a fraction of its minor unit, see `minorUnits`. */
  readonly amount: Amount;
  /** By ISO 4217, in capitals: `USD`. */
  readonly currency: string;
}

/**
 * A payment to be collected. A purchase is always asked for with the same values: they are compared by the provider, which
 * refuses a second, different request for one purchase.
 */
export interface PaymentRequest {
  /** The purchase's public id, `purchase_…`. It is what the provider knows the payment by, and never charges twice for. */
  readonly purchase: string;
  /** The account's id, as the customer writes it. */
  readonly account: string;
  readonly environment: string;
  readonly price: Money;
  /** The provider's id of the card, or what else pays; null where the customer chooses it on the provider's page. */
  readonly paymentMethod: string | null;
  /** The provider's id of who owns the payment method. */
  readonly customer: string | null;
  /** What the customer reads on a receipt. */
  readonly description: string;
  /** When the purchase began: a provider that forgets keys looks for the payment from here on before it charges again. */
  readonly begunAt: Date;
}

export interface PaymentFailure {
  /** The provider's own word for it: `insufficient_funds`. */
  readonly code: string;
  /** A sentence that may be shown to whoever pays. */
  readonly message: string;
}

/** What is known of a payment. `reference` is the provider's id of it. */
export type PaymentResult =
  /** The money was taken: this much of it. */
  | { readonly status: 'succeeded'; readonly reference: string; readonly paid: Money }
  /** It was accepted, and whether it succeeds is told later, by an event: a direct debit, an invoice. */
  | { readonly status: 'processing'; readonly reference: string | null }
  /** Whoever pays has to do something first, on this page of the provider's where it has one. An event tells the outcome. */
  | { readonly status: 'requires_action'; readonly reference: string; readonly actionUrl: string | null }
  /** No money was taken, and none will be by this payment. */
  | { readonly status: 'failed'; readonly reference: string | null; readonly failure: PaymentFailure };

export interface RefundRequest {
  /** Our id of the refund. Asked again with it, a provider gives nothing back twice. */
  readonly refund: string;
  readonly purchase: string;
  readonly environment: string;
  /** The provider's id of the payment; null where it has none, as one by `manual` that was confirmed without. */
  readonly reference: string | null;
  /** What to give back: a part of what was paid, or all of it. */
  readonly money: Money;
  /** When the refund was asked for: see {@link PaymentRequest.begunAt}. */
  readonly begunAt: Date;
}

/** What is known of a refund. `reference` is the provider's id of it; null where it has none. */
export type RefundResult =
  | { readonly status: 'succeeded' | 'pending'; readonly reference: string | null }
  /** Nothing was given back. */
  | { readonly status: 'failed'; readonly reference: string | null; readonly failure: PaymentFailure };

/** A payment as the provider's own books have it: what ours are compared with. */
export interface ProviderPayment {
  readonly reference: string;
  /** What it says that it is for; null for a payment that isn't ours. */
  readonly purchase: string | null;
  readonly account: string | null;
  readonly environment: string | null;
  readonly status: PaymentResult['status'];
  /** What was paid; what is to be paid, where it didn't succeed. */
  readonly price: Money;
  /** The part of it that was given back, in the same currency. */
  readonly refunded: Amount;
  readonly disputed: boolean;
  readonly createdAt: Date;
}

export interface CheckoutRequest extends Omit<PaymentRequest, 'paymentMethod'> {
  /** Where the provider's page leads to after payment. */
  readonly successUrl: string;
  /** Where it leads to when the customer gives up. */
  readonly cancelUrl: string;
}

/** A page of the provider's on which a customer pays. */
export interface CheckoutPage {
  readonly url: string;
  readonly reference: string;
}

/**
 * Who takes the money. All providers keep the same promises (`testing/provider-conformance.ts`), above all: whatever is called
 * how often, by however many processes at once, a purchase is charged at most once and a refund given at most once.
 *
 * Every method throws {@link ProviderUnavailable} where the outcome isn't known. It may have happened: the caller must call
 * again, with the same request, until it knows. Nothing else is thrown but faults of our own code.
 */
export interface PaymentProvider {
  readonly name: ProviderName;
  /** Collects the payment while nobody is there who could be asked. */
  collect(payment: PaymentRequest): Promise<PaymentResult>;
  /** What the provider knows of the purchase, without charging; null: nothing, it has never been asked for it. */
  find(payment: PaymentRequest): Promise<PaymentResult | null>;
  /** Sees to it that no money is taken by this payment any more, and says how it ended: it may have succeeded before. */
  cancel(payment: PaymentRequest): Promise<PaymentResult>;
  refund(refund: RefundRequest): Promise<RefundResult>;
  /** A page on which the customer pays for the purchase; null: this provider has none. */
  checkout(request: CheckoutRequest): Promise<CheckoutPage | null>;
  /** All payments that were begun from `from` on and before `to`, newest first. */
  payments(from: Date, to: Date): AsyncIterable<ProviderPayment>;
}
