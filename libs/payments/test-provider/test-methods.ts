import type { PaymentFailure } from '../payment-provider.ts';

/** What is reported by an event once a payment has succeeded. */
export type Report = 'payment' | 'refund' | 'dispute';

interface TestMethod {
  readonly status: 'succeeded' | 'requires_action' | 'failed';
  readonly failure?: FailureCode;
  /** What happens to the first answer; the payment is made either way. */
  readonly answer?: 'slow' | 'lost';
  readonly reports?: readonly Report[];
}

/** The payment methods of the test provider, each for what it makes happen. */
const TEST_METHODS: Readonly<Record<string, TestMethod>> = {
  pm_ok: { status: 'succeeded' },
  pm_declined: { status: 'failed', failure: 'card_declined' },
  pm_requires_action: { status: 'requires_action' },
  pm_slow: { status: 'succeeded', answer: 'slow' },
  pm_lost_response: { status: 'succeeded', answer: 'lost' },
  pm_double_webhook: { status: 'succeeded', reports: ['payment', 'payment'] },
  pm_refunded: { status: 'succeeded', reports: ['payment', 'refund'] },
  pm_disputed: { status: 'succeeded', reports: ['payment', 'dispute'] },
};

const UNKNOWN_METHOD: TestMethod = { status: 'failed', failure: 'payment_method_unknown' };

/** What a payment method makes happen. A payment that names none succeeds. */
export function testMethod(name: string): TestMethod {
  return Object.hasOwn(TEST_METHODS, name) ? (TEST_METHODS[name] ?? UNKNOWN_METHOD) : UNKNOWN_METHOD;
}

export const METHOD_BY_DEFAULT = 'pm_ok';

const MESSAGES = {
  card_declined: 'Your card was declined.',
  payment_method_unknown: `The test provider knows no such payment method. It knows ${Object.keys(TEST_METHODS).join(', ')}.`,
  authentication_failed: 'We are unable to authenticate your payment method.',
  canceled: 'The payment was canceled.',
  not_paid: 'There is no such payment that succeeded.',
  refund_exceeds_payment: 'The refund is greater than what is left of the payment.',
} as const;
export type FailureCode = keyof typeof MESSAGES;

export function testFailure(code: FailureCode): PaymentFailure {
  return { code, message: MESSAGES[code] };
}
