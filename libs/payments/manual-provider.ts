import type { PaymentProvider, PaymentResult, RefundResult } from './payment-provider.ts';

/**
 * Money that comes by an invoice or a wire: a purchase waits until an operator confirms that it is paid, and a refund is given
 * by the operator who asks for it. It keeps no books of its own.
 */
export class ManualProvider implements PaymentProvider {
  readonly name = 'manual';

  collect(): Promise<PaymentResult> {
    return Promise.resolve({ status: 'processing', reference: null });
  }

  find(): Promise<null> {
    return Promise.resolve(null);
  }

  cancel(): Promise<PaymentResult> {
    const failure = { code: 'canceled', message: 'The payment was canceled.' };
    return Promise.resolve({ status: 'failed', reference: null, failure });
  }

  refund(): Promise<RefundResult> {
    return Promise.resolve({ status: 'succeeded', reference: null });
  }

  checkout(): Promise<null> {
    return Promise.resolve(null);
  }

  async *payments(): AsyncIterable<never> {}
}
