import type { Pool } from '#database';
import { isUnderWay } from '#ledger';
import type { ProviderRefusal } from '#payments';
import { findPayable } from '../attempts/payable-purchase.ts';
import { paymentRequest } from '../attempts/payment-request.ts';
import type { PaymentWork } from '../payment-work.ts';
import { submitPaymentCommand } from '../submit-payment-command.ts';

export type CancelOutcome =
  /** The provider takes no money for it any more. The ledger doesn't know yet. */
  | 'canceled'
  /** It had ended before, and the ledger knows by now how. */
  | 'ended'
  /** It is too late to stop it, and not yet known how it ends. */
  | 'processing'
  | ProviderRefusal;

interface CancelerParts extends Pick<PaymentWork, 'engine' | 'providers'> {
  readonly pool: Pool;
}

/** Ends payments at their providers, before they are ended in the ledger: what a provider may still take money for is never ended there. */
export class PaymentCanceler {
  readonly #parts: CancelerParts;

  constructor(parts: CancelerParts) {
    this.#parts = parts;
  }

  /**
   * @param id the purchase's UUID
   * @throws {ProviderUnavailable} where the provider doesn't answer: whether it takes the money isn't known
   * @throws {LedgerUnavailable} where the ledger is away
   */
  async cancel(id: string): Promise<CancelOutcome> {
    const { pool, engine, providers } = this.#parts;
    const payable = await findPayable(pool, id);
    if (!payable || !isUnderWay(payable)) return 'ended';
    const { environment } = payable;
    const provider = providers.find(payable.provider, environment);
    if (typeof provider === 'string') return provider;
    const result = await provider.cancel(paymentRequest(payable));
    if (result.status === 'failed' && result.failure.code === 'canceled') return 'canceled';
    await submitPaymentCommand(engine, { type: 'record_payment', purchase: { environment, id }, result }, null);
    return result.status === 'processing' || result.status === 'requires_action' ? 'processing' : 'ended';
  }
}
