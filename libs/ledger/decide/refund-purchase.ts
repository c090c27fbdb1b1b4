import { type Amount, smallerOf } from '#amounts';
import type { AskedRefund, ProviderRefund, RefundPurchase, SettleRefund } from '../commands.ts';
import { isPaid, type Purchase } from '../purchases.ts';
import {
  refundable,
  shareOfCredits,
  shareOfMoney,
  sumRefunds,
  withBonus,
  withoutBonus,
  type RefundShare,
} from '../refund-shares.ts';
import { accepted, refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { suspendAfterRefund } from './auto-topup.ts';
import { decidedPurchase, type PurchaseDecision } from './begin-purchase.ts';
import { findPurchase, loadedGrant, type DecisionContext } from './context.ts';
import { emitRefund } from './report-purchase.ts';
import { isDisputed, paidStatusOf } from './paid-status.ts';
import { takeBack, unspentOf } from './take-back.ts';
import { Transaction } from './transaction.ts';

/** A refund as one decision left it, with its purchase. */
export interface RefundDecision extends PurchaseDecision {
  /** The refund's UUID; `null` where there was nothing to refund any more. */
  readonly refund: string | null;
}

/** Gives money of a purchase back. It takes back only what that money has paid for, and only what is neither spent nor held. */
export function refundPurchase(context: DecisionContext, command: RefundPurchase): Outcome<RefundDecision> {
  const found = findPurchase(context, command.purchase);
  if (!found) return refused({ code: 'purchase_not_found' });
  const { account, purchase } = found;
  return command.origin === 'asked'
    ? refundAsAsked(context, account, purchase, command)
    : recordRefund(context, account, purchase, command);
}

function refundAsAsked(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  asked: AskedRefund,
): Outcome<RefundDecision> {
  if (!isPaid(purchase) || isDisputed(purchase)) return refused({ code: 'purchase_not_refundable' });
  const left = refundable(purchase);
  const most = withoutBonus(purchase, left.credits);
  if (asked.credits?.gt(most)) {
    return refused({ code: 'refund_exceeds_purchase', credits: most, money: left.money, currency: purchase.currency });
  }
  const credits = creditsAsked(purchase, asked.credits, left, most) ?? unspentOf(context, purchase);
  const share = shareOfCredits(purchase, smallerOf(credits, left.credits), asked.minorUnit);
  if (share.money.isZero() || share.credits.isZero()) return refused({ code: 'purchase_not_refundable' });
  return refund(context, account, purchase, share, { origin: 'asked', status: 'pending', reference: null });
}

/** @returns with their part of the bonus */
function creditsAsked(purchase: Purchase, asked: Amount | null, left: RefundShare, most: Amount): Amount | null {
  if (asked === null) return null;
  return asked.eq(most) ? left.credits : withBonus(purchase, asked);
}

/** It may arrive before the payment has: then it is recorded, and what it paid for is taken back when that does. */
function recordRefund(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  { money, reference }: ProviderRefund,
): Outcome<RefundDecision> {
  const known = purchase.refunds.find((one) => one.reference === reference);
  const share = shareOfMoney(purchase, money);
  if (known || share.money.isZero()) return decidedRefund(account, purchase, known?.id ?? null);
  return refund(context, account, purchase, share, { origin: 'provider', status: 'succeeded', reference });
}

function refund(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  share: RefundShare,
  how: Parameters<typeof takeBack>[4],
): Outcome<RefundDecision> {
  const made = takeBack(context, account, purchase, share, how);
  suspendAfterRefund(context, account, purchase);
  if (isPaid(purchase)) {
    purchase.status = paidStatusOf(purchase);
    emitRefund(context, account, purchase, made);
  }
  return decidedRefund(account, purchase, made.id);
}

/** What failed didn't go back, so the customer has the credits again. That is final; what has succeeded may fail later. */
export function settleRefund(context: DecisionContext, command: SettleRefund): Outcome<RefundDecision> {
  const found = findPurchase(context, command.purchase);
  const made = found?.purchase.refunds.find(({ id, reference }) =>
    command.refund === null ? reference === command.reference : id === command.refund,
  );
  // What was made at the provider and has failed may never have been recorded.
  if (found && !made && command.refund === null) return decidedRefund(found.account, found.purchase, null);
  if (!found || !made) return refused({ code: 'purchase_not_found' });
  const { account, purchase } = found;
  const isNews = made.origin !== 'dispute' && made.status !== 'failed' && made.status !== command.status;
  if (!isNews) return decidedRefund(account, purchase, made.id);
  const settled = { ...made, status: command.status, reference: made.reference ?? command.reference };
  purchase.refunds = purchase.refunds.map((one) => (one === made ? settled : one));
  sumRefunds(purchase);
  context.changes.purchases.update(purchase);
  if (!isPaid(purchase)) return decidedRefund(account, purchase, made.id);
  purchase.status = paidStatusOf(purchase);
  if (command.status === 'failed' && made.transactionId !== null) {
    const books = new Transaction(context, account);
    for (const { grantId, amount } of made.taken) {
      books.giveAgain(loadedGrant(context, grantId), amount, made.transactionId);
    }
  }
  emitRefund(context, account, purchase, settled);
  return decidedRefund(account, purchase, made.id);
}

function decidedRefund(account: AccountState, purchase: Purchase, id: string | null): Outcome<RefundDecision> {
  const decided = decidedPurchase(account, purchase);
  return decided.ok ? accepted({ ...decided.value, refund: id }) : decided;
}
