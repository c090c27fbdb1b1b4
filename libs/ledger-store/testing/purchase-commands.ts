import { Amount } from '#amounts';
import { accountKey, type Command, type PaymentResult } from '#ledger';

const ENVIRONMENT = 'live';

/** Sells credits for a hundredth each. */
export function beginPurchase(id: string, credits: string, bonus = '0'): Command<'begin_purchase'> {
  return {
    type: 'begin_purchase',
    account: { environment: ENVIRONMENT, id, key: accountKey(ENVIRONMENT, id) },
    credits: new Amount(credits),
    bonusCredits: new Amount(bonus),
    price: new Amount(credits).div(100),
    currency: 'EUR',
    provider: 'test',
    paymentMethod: 'pm_ok',
    customer: null,
    package: null,
    expiresAfterMs: null,
    priority: 100,
    metadata: {},
  };
}

export function recordPayment(id: string, result: Partial<PaymentResult> = {}): Command<'record_payment'> {
  return {
    type: 'record_payment',
    purchase: { environment: ENVIRONMENT, id },
    result: { status: 'succeeded', reference: 'pi_1', ...result },
  };
}

/** Asks for a refund of so many credits; of all that are unspent, where it isn't said. */
export function refundPurchase(id: string, credits: string | null = null): Command<'refund_purchase'> {
  return {
    type: 'refund_purchase',
    purchase: { environment: ENVIRONMENT, id },
    origin: 'asked',
    credits: credits === null ? null : new Amount(credits),
    minorUnit: new Amount('0.01'),
  };
}

export function settleRefund(id: string, refund: string, status: 'succeeded' | 'failed'): Command<'settle_refund'> {
  return { type: 'settle_refund', purchase: { environment: ENVIRONMENT, id }, refund, status, reference: 're_1' };
}

export function recordDispute(id: string, state: 'opened' | 'won' | 'lost'): Command<'record_dispute'> {
  return {
    type: 'record_dispute',
    purchase: { environment: ENVIRONMENT, id },
    state,
    reference: 'dp_1',
    money: null,
  };
}
