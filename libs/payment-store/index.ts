export { PaymentCanceler } from './cancel/payment-canceler.ts';
export type { EventOutcome } from './events/apply-provider-event.ts';
export { StripeEvents } from './events/stripe-events.ts';
export { paymentChores } from './payment-chores.ts';
export type { PaymentWork } from './payment-work.ts';
export { reconcilePayments, type Reconciled } from './reconcile/reconcile-payments.ts';
export type { PaymentDifference } from './reconcile/compare-payment.ts';
