import { type Amount, formatAmount, ZERO } from '#amounts';
import type { PaymentData, TopupData } from '../events.ts';
import { publicId } from '../ids.ts';
import type { Purchase, PurchaseDispute, PurchaseRefund } from '../purchases.ts';
import type { AccountState } from '../state.ts';
import { nextAttemptAfter } from './auto-topup.ts';
import type { DecisionContext } from './context.ts';
import { emit } from './emit.ts';

type TopupEvent = 'topup.succeeded' | 'topup.failed' | 'topup.requires_action';

/** Emits what has become of a payment. */
export function emitTopup(context: DecisionContext, account: AccountState, type: TopupEvent, purchase: Purchase): void {
  const nextAttempt = nextAttemptAfter(context, account, purchase);
  emit(context, account, type, {
    ...topupData(purchase),
    next_attempt_at: nextAttempt === null ? null : new Date(nextAttempt).toISOString(),
  });
}

/** Emits that money of a purchase goes back, and what that does to its credits. */
export function emitRefund(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  { id, origin, status, money, credits, taken }: PurchaseRefund,
): void {
  const takenBack = taken.reduce((sum, { amount }) => sum.plus(amount), ZERO);
  emit(context, account, 'payment.refunded', {
    ...paymentData(purchase),
    refund: publicId('refund', id),
    origin,
    status,
    money: formatAmount(money),
    credits: formatAmount(takenBack),
    lost_credits: formatAmount(credits.minus(takenBack)),
  });
}

/** @param dispute with the money that it is about */
export function emitDispute(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  { state, reference, money }: PurchaseDispute & { readonly money: Amount },
  moved: { readonly credits: Amount; readonly lost: Amount },
): void {
  emit(context, account, 'payment.disputed', {
    ...paymentData(purchase),
    state,
    reference,
    money: formatAmount(money),
    credits: formatAmount(moved.credits),
    lost_credits: formatAmount(moved.lost),
  });
}

function paymentData({ id, currency }: Purchase): PaymentData {
  return { purchase: publicId('purchase', id), topup: publicId('topup', id), currency };
}

function topupData(purchase: Purchase): Omit<TopupData, 'next_attempt_at'> {
  const { id, credits, bonusCredits, price, currency, provider, automatic, failure, actionUrl, paid, grants } =
    purchase;
  return {
    topup: publicId('topup', id),
    purchase: publicId('purchase', id),
    credits: formatAmount(credits),
    bonus_credits: formatAmount(bonusCredits),
    price: formatAmount(price),
    currency,
    provider,
    automatic,
    failure,
    action_url: actionUrl,
    paid: paid && { amount: formatAmount(paid.amount), currency: paid.currency },
    grants: grants.map((grant) => publicId('grant', grant)),
  };
}
