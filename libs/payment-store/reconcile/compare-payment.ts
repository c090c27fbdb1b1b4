import { formatAmount } from '#amounts';
import type { Money, ProviderPayment } from '#payments';
import type { BookedPurchase } from './booked-purchases.ts';

/** What the books of the ledger and those of a provider don't agree about. */
export interface PaymentDifference {
  readonly kind: PaymentDifferenceKind;
  /** The purchase's public id. */
  readonly purchase: string;
  /** The provider's id of the payment; null where it has none. */
  readonly reference: string | null;
  readonly ledger: string;
  readonly provider: string;
}

export type PaymentDifferenceKind =
  /** Money was taken for a purchase that the ledger doesn't have. */
  | 'purchase_missing'
  /** Money was taken more than once for a purchase. */
  | 'paid_twice'
  /** Money was taken, and the purchase isn't paid. */
  | 'payment_not_recorded'
  /** The purchase is paid, and the provider hasn't taken the money. */
  | 'payment_missing'
  | 'amount_differs'
  | 'refunds_differ'
  | 'dispute_not_recorded'
  /** The grants of the purchase aren't what was sold. */
  | 'grants_differ';

/**
 * Compares what a provider has taken for a purchase with what the ledger has of it.
 *
 * @param payment one that has succeeded
 */
export function comparePayment(
  purchase: string,
  payment: ProviderPayment,
  booked: BookedPurchase | undefined,
): readonly PaymentDifference[] {
  const { reference, price, refunded, disputed } = payment;
  const differs = (kind: PaymentDifferenceKind, ledger: string, provider: string): PaymentDifference => ({
    kind,
    purchase,
    reference,
    ledger,
    provider,
  });
  const taken = `${moneyText(price)} taken`;
  if (!booked) return [differs('purchase_missing', 'no such purchase', taken)];
  if (!isPaid(booked)) return [differs('payment_not_recorded', booked.status, taken)];
  const ours = booked.request.price;
  const differences: PaymentDifference[] = [];
  if (!ours.amount.eq(price.amount) || ours.currency !== price.currency)
    differences.push(differs('amount_differs', moneyText(ours), moneyText(price)));
  if (refunded.lt(booked.refunded) || refunded.gt(booked.refunded.plus(booked.refundsPending))) {
    const [ledger, provider] = [booked.refunded, refunded].map((amount) => `${formatAmount(amount)} refunded`);
    differences.push(differs('refunds_differ', ledger ?? '', provider ?? ''));
  }
  if (disputed && !booked.isDisputed) differences.push(differs('dispute_not_recorded', 'no dispute', 'disputed'));
  return differences;
}

/** Compares what a purchase has brought with what was sold. */
export function compareGrants({ request, reference, credits, granted }: BookedPurchase): readonly PaymentDifference[] {
  if (granted.eq(credits)) return [];
  const ledger = `${formatAmount(granted)} credits granted`;
  const provider = `${formatAmount(credits)} credits sold`;
  return [{ kind: 'grants_differ', purchase: request.purchase, reference, ledger, provider }];
}

function isPaid({ status }: BookedPurchase): boolean {
  return status === 'succeeded' || status === 'refunded' || status === 'disputed';
}

export function moneyText({ amount, currency }: Money): string {
  return `${formatAmount(amount)} ${currency}`;
}
