import { Amount, ZERO } from '#amounts';
import type { PaymentResult, ProviderPayment } from '../payment-provider.ts';
import type { ProviderEvent } from '../provider-event.ts';
import { testFailure, type FailureCode, type Report } from './test-methods.ts';

/** A row of `test_payments`. */
export interface TestPaymentRow {
  readonly purchase: string;
  readonly environment: string;
  readonly account: string;
  readonly price: string;
  readonly currency: string;
  readonly status: 'requires_action' | 'succeeded' | 'failed';
  readonly failure: FailureCode | null;
  readonly refunds: readonly TestRefund[];
  readonly dispute: 'opened' | 'won' | 'lost' | null;
  readonly reports: readonly Report[];
  readonly created_at: Date;
}

interface TestRefund {
  /** Ours; null for one that was made at the provider. */
  readonly id: string | null;
  readonly amount: string;
}

/** The provider's id of the payment for a purchase. */
export function testReference(purchase: string): string {
  return `test_${purchase}`;
}

/** The provider's id of a refund. */
export function testRefundReference(purchase: string, refund: string | null): string {
  return refund === null ? `test_refund_${purchase}` : `test_${refund}`;
}

export function paymentResult(row: TestPaymentRow): PaymentResult {
  const reference = testReference(row.purchase);
  if (row.failure !== null) return { status: 'failed', reference, failure: testFailure(row.failure) };
  return row.status === 'requires_action'
    ? { status: 'requires_action', reference, actionUrl: actionUrl(row.purchase) }
    : { status: 'succeeded', reference, paid: moneyOf(row) };
}

/** A page that doesn't exist, under a name that never will: nothing has to be done there. */
export function actionUrl(purchase: string): string {
  return `https://test-payments.example/${purchase}`;
}

export function providerPayment(row: TestPaymentRow): ProviderPayment {
  return {
    reference: testReference(row.purchase),
    purchase: row.purchase,
    account: row.account,
    environment: row.environment,
    status: row.status,
    price: moneyOf(row),
    refunded: row.refunds.reduce((sum, { amount }) => sum.plus(amount), ZERO),
    disputed: row.dispute !== null,
    createdAt: row.created_at,
  };
}

/** The event by which a payment's news are reported. Its id is the same each time. */
export function providerEvent(row: TestPaymentRow, report: Report): ProviderEvent {
  const { purchase, account, environment } = row;
  const money = moneyOf(row);
  const about = { id: `test_${report}_${purchase}`, purchase, account, environment };
  switch (report) {
    case 'payment':
      return { ...about, type: 'payment', result: paymentResult(row) };
    case 'refund':
      return {
        ...about,
        type: 'refund',
        refund: null,
        reference: testRefundReference(purchase, null),
        status: 'succeeded',
        money,
      };
    case 'dispute': {
      const state = row.dispute ?? 'opened';
      return {
        ...about,
        id: `${about.id}_${state}`,
        type: 'dispute',
        state,
        reference: `test_dispute_${purchase}`,
        money,
      };
    }
  }
}

function moneyOf({ price, currency }: TestPaymentRow) {
  return { amount: new Amount(price), currency };
}
