import { isUnderWay, type PaymentFailure, type Purchase } from '../purchases.ts';
import type { AccountState } from '../state.ts';
import { afterPayment } from './auto-topup.ts';
import type { DecisionContext } from './context.ts';
import { emitTopup } from './report-purchase.ts';
import { setRefills } from './set-refills.ts';

/** A payment is over without the money: the account may buy again. */
export function failPayment(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  failure: PaymentFailure,
): void {
  const wasUnderWay = isUnderWay(purchase);
  purchase.status = 'failed';
  purchase.failure = failure;
  purchase.actionUrl = null;
  context.changes.purchases.update(purchase);
  noLongerUnderWay(context, account, purchase);
  emitTopup(context, account, 'topup.failed', purchase);
  if (wasUnderWay) afterPayment(context, account, purchase);
}

export function noLongerUnderWay(context: DecisionContext, account: AccountState, { id }: Purchase): void {
  if (account.refills.underWay?.purchase !== id) return;
  setRefills(context, account, { ...account.refills, underWay: null });
}
