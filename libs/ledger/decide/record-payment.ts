import { type Amount, ZERO } from '#amounts';
import type { ObjectRef, RecordPayment } from '../commands.ts';
import type { Grant } from '../grant.ts';
import { isPaid, isUnderWay, totalCredits, type Money, type PaymentResult, type Purchase } from '../purchases.ts';
import { disputedMoney, shareOfMoney, sumRefunds } from '../refund-shares.ts';
import { refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { enter } from './alert-on-balance.ts';
import { afterPayment } from './auto-topup.ts';
import { decidedPurchase, type PurchaseDecision } from './begin-purchase.ts';
import { findPurchase, timeOf, type DecisionContext } from './context.ts';
import { emit, grantData } from './emit.ts';
import { failPayment, noLongerUnderWay } from './end-payment.ts';
import { newGrant } from './new-grant.ts';
import { isDisputed, paidStatusOf } from './paid-status.ts';
import { emitDispute, emitRefund, emitTopup } from './report-purchase.ts';
import { takenBack } from './take-back.ts';
import { Transaction } from './transaction.ts';

/**
 * Records what a provider says of a payment. The worker that collects it, the provider's webhook and an operator may all say it:
 * whoever comes second changes nothing. Money that was taken is granted, also where the payment had failed before, or its account is
 * closed; a failure after the success changes nothing.
 */
export function recordPayment(context: DecisionContext, command: RecordPayment): Outcome<PurchaseDecision> {
  const found = findPurchase(context, command.purchase);
  if (!found) return refused({ code: 'purchase_not_found' });
  const { account, purchase } = found;
  if (!isPaid(purchase)) record(context, account, purchase, command.result);
  return decidedPurchase(account, purchase);
}

function record(context: DecisionContext, account: AccountState, purchase: Purchase, result: PaymentResult): void {
  const { status, failure, paid } = result;
  if (status !== 'succeeded' && !isUnderWay(purchase)) return;
  noteReference(context, purchase, result);
  if (status === 'failed') {
    const unknown = { code: 'payment_failed', message: 'The provider gave no reason.' };
    return failPayment(context, account, purchase, failure ?? unknown);
  }
  // News without the link, such as of the state before there was one, may arrive after it.
  if (status === 'requires_action') {
    return requireAction(context, account, purchase, result.actionUrl ?? purchase.actionUrl);
  }
  if (status !== 'succeeded') return;
  if (paid && !isPrice(purchase, paid)) recordOtherPayment(context, account, purchase, paid);
  else succeed(context, account, purchase);
}

function noteReference({ changes }: DecisionContext, purchase: Purchase, { reference }: PaymentResult): void {
  if (reference === null || purchase.reference === reference) return;
  purchase.reference = reference;
  changes.purchases.update(purchase);
}

function isPrice({ price, currency }: Purchase, paid: Money): boolean {
  return paid.amount.eq(price) && paid.currency === currency;
}

/** Another amount than the price buys nothing: an operator has to look at it. */
function recordOtherPayment(context: DecisionContext, account: AccountState, purchase: Purchase, paid: Money): void {
  if (purchase.paid?.amount.eq(paid.amount) && purchase.paid.currency === paid.currency) return;
  purchase.paid = paid;
  const failure = { code: 'amount_mismatch', message: 'Another amount was paid than the price. Nothing was granted.' };
  failPayment(context, account, purchase, failure);
}

function requireAction(context: DecisionContext, account: AccountState, purchase: Purchase, url: string | null): void {
  if (purchase.status === 'requires_action' && purchase.actionUrl === url) return;
  purchase.status = 'requires_action';
  purchase.actionUrl = url;
  context.changes.purchases.update(purchase);
  emitTopup(context, account, 'topup.requires_action', purchase);
}

/** Grants what was paid for: grants, status and events are written in one transaction. */
function succeed(context: DecisionContext, account: AccountState, purchase: Purchase): void {
  purchase.failure = null;
  purchase.actionUrl = null;
  purchase.paid = null;
  purchase.succeededAt = timeOf(context, account);
  purchase.status = 'succeeded';
  context.changes.purchases.update(purchase);
  noLongerUnderWay(context, account, purchase);
  const grants = issue(context, account, purchase);
  emitTopup(context, account, 'topup.succeeded', purchase);
  takeBackWhatWentBack(context, account, purchase);
  const books = new Transaction(context, account);
  if (isDisputed(purchase)) freeze(context, account, purchase, grants);
  else for (const grant of grants) books.repayDebt(grant);
  purchase.status = paidStatusOf(purchase);
  if (account.account.status === 'closed') {
    for (const grant of grants) if (!grant.remaining.isZero()) books.settleUnpinned(grant, grant.remaining);
  }
  afterPayment(context, account, purchase);
}

/** The credits, and the bonus. Both are paid for, and share the price. */
function issue(context: DecisionContext, account: AccountState, purchase: Purchase): Grant[] {
  const { credits, bonusCredits, price } = purchase;
  const ofBonus = price.times(bonusCredits).div(totalCredits(purchase)).toDecimalPlaces(12);
  const parts = [
    { amount: credits, amountPaid: price.minus(ofBonus) },
    ...(bonusCredits.isZero() ? [] : [{ amount: bonusCredits, amountPaid: ofBonus }]),
  ];
  const books = new Transaction(context, account);
  const grants = parts.map((part) => {
    const grant = newGrant(context, account, grantTerms(purchase, part));
    books.issue(grant);
    if (account.account.status === 'closed') grant.entered = true;
    else enter(context, account, grant, grant.amount);
    emit(context, account, 'grant.created', grantData(grant));
    return grant;
  });
  purchase.grants = grants.map(({ id }) => id);
  return grants;
}

function grantTerms(
  purchase: Purchase,
  { amount, amountPaid }: { readonly amount: Amount; readonly amountPaid: Amount },
): Parameters<typeof newGrant>[2] {
  const { id, priority, price, currency, expiresAfterMs, metadata } = purchase;
  const effectiveAt = purchase.succeededAt ?? 0;
  return {
    amount,
    amountPaid,
    currency,
    purchase: id,
    costBasis: price.div(totalCredits(purchase)).toDecimalPlaces(12),
    category: 'paid',
    priority,
    scope: null,
    effectiveAt,
    createdAt: effectiveAt,
    period: null,
    expiresAt: expiresAfterMs === null ? null : effectiveAt + expiresAfterMs,
    metadata,
  };
}

/** What had gone back before the payment was known to have succeeded is taken back at once. */
function takeBackWhatWentBack(context: DecisionContext, account: AccountState, purchase: Purchase): void {
  const earlier = purchase.refunds;
  purchase.refunds = [];
  sumRefunds(purchase);
  for (const refund of earlier) {
    const { credits } = shareOfMoney(purchase, refund.money);
    const isFailed = refund.status === 'failed';
    const taken = isFailed ? refund : { ...refund, ...takenBack(context, account, purchase, credits) };
    purchase.refunds = [...purchase.refunds, taken];
    sumRefunds(purchase);
    if (!isFailed) emitRefund(context, account, purchase, taken);
  }
}

/** A dispute was opened before the payment was known to have succeeded. */
function freeze(context: DecisionContext, account: AccountState, purchase: Purchase, grants: readonly Grant[]): void {
  const books = new Transaction(context, account);
  if (account.account.status !== 'closed') for (const grant of grants) books.freeze(grant);
  const frozen = grants.reduce((sum, grant) => sum.plus(grant.frozen), ZERO);
  for (const dispute of purchase.disputes) {
    if (dispute.state !== 'opened') continue;
    const money = disputedMoney(purchase, dispute);
    emitDispute(context, account, purchase, { ...dispute, money }, { credits: frozen, lost: ZERO });
  }
}

/** Ends a payment that nobody is to pay any more. Money that is taken all the same is granted. */
export function cancelPurchase(
  context: DecisionContext,
  { purchase: ref }: { readonly purchase: ObjectRef },
): Outcome<PurchaseDecision> {
  const found = findPurchase(context, ref);
  if (!found) return refused({ code: 'purchase_not_found' });
  const { account, purchase } = found;
  if (purchase.failure?.code === 'canceled') return decidedPurchase(account, purchase);
  if (!isUnderWay(purchase)) return refused({ code: 'topup_not_under_way' });
  failPayment(context, account, purchase, { code: 'canceled', message: 'The purchase was canceled.' });
  return decidedPurchase(account, purchase);
}
