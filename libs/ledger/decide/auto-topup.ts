import { formatAmount } from '#amounts';
import { afterDecline, afterSuccess, afterTrouble, isOn, notBefore, orderOf, type AutoTopup } from '../auto-topup.ts';
import { available, type Balance } from '../balance.ts';
import { publicId } from '../ids.ts';
import { isPaid, type PaymentFailure, type Purchase } from '../purchases.ts';
import type { AccountState } from '../state.ts';
import type { BalanceObserver } from './balance-observer.ts';
import { beginPurchase } from './begin-purchase.ts';
import { timeOf, type DecisionContext } from './context.ts';
import { emit, momentOf } from './emit.ts';
import { setRefills } from './set-refills.ts';
import { reserveOfCaps, settleCaps, waitForCap } from './topup-caps.ts';

/**
 * Begins a purchase where an account's rule says that it runs low. It buys now, so it looks at nothing but the balance of now: what
 * was low for a while in the past, before anybody has settled it, is no reason to buy any more.
 */
export const topUpBalance: BalanceObserver = (context, account, _before, { at, balance }) => {
  const isOfNow = at >= timeOf(context, account);
  if (isOfNow && context.changes.moved.has(account)) topUpIfLow(context, account, balance);
};

function topUpIfLow(context: DecisionContext, account: AccountState, balance: Balance): void {
  const { autoTopup, underWay } = account.refills;
  if (autoTopup === null || underWay !== null || !isOn(autoTopup)) return;
  if (isLow(autoTopup, balance)) buyOrWait(context, account, autoTopup, balance);
}

/** Called when all that time has done to an account is booked: what has moved its balance, or that its rule needn't wait any more. */
export function topUpOnceSettled(context: DecisionContext, account: AccountState): void {
  const { autoTopup } = account.refills;
  if (autoTopup === null) return;
  const isDue = autoTopup.waitsUntil !== null && autoTopup.waitsUntil <= timeOf(context, account);
  if (isDue || context.changes.moved.has(account)) lookAtBalance(context, account);
}

/** The same while there is more to be booked: the rule looks when that is done, whether or not it moves the balance again. */
export function topUpLater(context: DecisionContext, account: AccountState): void {
  const { autoTopup } = account.refills;
  if (autoTopup === null || autoTopup.waitsUntil !== null || !isOn(autoTopup)) return;
  if (context.changes.moved.has(account)) {
    setAutoTopup(context, account, { ...autoTopup, waitsUntil: timeOf(context, account) });
  }
}

/** Looks at the balance although nothing has moved it: time is up, or the rule is another one. */
export function lookAtBalance(context: DecisionContext, account: AccountState): void {
  const { autoTopup } = account.refills;
  if (autoTopup === null) return;
  const { waitsUntil } = autoTopup;
  if (waitsUntil !== null && waitsUntil <= timeOf(context, account)) {
    setAutoTopup(context, account, { ...autoTopup, waitsUntil: null });
  }
  topUpIfLow(context, account, momentOf(context, account).balance);
}

/** A payment for the account has ended: its rule may buy again, or has to back off. */
export function afterPayment(context: DecisionContext, account: AccountState, purchase: Purchase): void {
  if (purchase.automatic) settleCaps(context, account, purchase, countedBy(account, purchase));
  const { autoTopup: before } = account.refills;
  if (before === null || account.account.status === 'closed') return;
  const after = ruleAfter(before, purchase, timeOf(context, account));
  if (after !== before) setAutoTopup(context, account, after);
  if (after.suspended && !before.suspended) emitSuspended(context, account, purchase, after.declines, purchase.failure);
  context.changes.moved.add(account);
}

/** A payment for the account is disputed: its rule buys nothing more, and not because of what the dispute freezes either. */
export function suspendAfterDispute(context: DecisionContext, account: AccountState, purchase: Purchase): void {
  suspend(context, account, purchase, DISPUTED);
}

/** Money of a purchase goes back: where that leaves the balance low, the account's rule doesn't take it again. */
export function suspendAfterRefund(context: DecisionContext, account: AccountState, purchase: Purchase): void {
  const { autoTopup } = account.refills;
  if (autoTopup === null || !isLow(autoTopup, momentOf(context, account).balance)) return;
  suspend(context, account, purchase, REFUNDED);
}

const DISPUTED: PaymentFailure = { code: 'payment_disputed', message: 'The payment is disputed.' };
const REFUNDED: PaymentFailure = { code: 'payment_refunded', message: 'The payment was refunded.' };

function suspend(context: DecisionContext, account: AccountState, purchase: Purchase, why: PaymentFailure): void {
  const { autoTopup: before } = account.refills;
  if (before === null || account.account.status === 'closed') return;
  const after = afterTrouble(before);
  if (after !== before) setAutoTopup(context, account, after);
  if (after.suspended && !before.suspended) emitSuspended(context, account, purchase, 0, why);
}

function emitSuspended(
  context: DecisionContext,
  account: AccountState,
  { id, price, currency, provider }: Purchase,
  declines: number,
  failure: PaymentFailure | null,
): void {
  const payment = { purchase: publicId('purchase', id), topup: publicId('topup', id), currency };
  emit(context, account, 'topup.suspended', { ...payment, price: formatAmount(price), provider, declines, failure });
}

/**
 * When a rule tries again after a payment of its own has failed, by the account's clock: at the earliest, and if the balance is still low
 * then. `null`: not by itself.
 */
export function nextAttemptAfter(context: DecisionContext, account: AccountState, purchase: Purchase): number | null {
  const { autoTopup } = account.refills;
  if (purchase.status !== 'failed' || !purchase.automatic) return null;
  if (autoTopup === null || account.account.status !== 'active') return null;
  const now = timeOf(context, account);
  const after = ruleAfter(autoTopup, purchase, now);
  return isOn(after) ? Math.max(notBefore(after), now) : null;
}

function ruleAfter(rule: AutoTopup, purchase: Purchase, now: number): AutoTopup {
  if (isPaid(purchase))
    return purchase.disputes.some(({ state }) => state !== 'won') ? rule : afterSuccess(rule, purchase);
  // What was declined of another card says nothing about this one.
  const { automatic, provider, paymentMethod } = purchase;
  const isPaidSo = provider === rule.provider && paymentMethod === rule.paymentMethod;
  if (automatic && purchase.paid !== null) return afterTrouble(rule);
  return automatic && isPaidSo ? afterDecline(rule, now) : rule;
}

/** Nothing else can be under way while this was. One that had failed before isn't counted any more. */
function countedBy({ refills, counters }: AccountState, purchase: Purchase) {
  const isCounted = counters.all().some(({ kind, reserved }) => kind === 'topup' && !reserved.isZero());
  return { isPaid: isPaid(purchase), wasUnderWay: refills.underWay === null && isCounted };
}

function isLow({ on, threshold }: AutoTopup, balance: Balance): boolean {
  return balanceFor({ on }, balance).lte(threshold);
}

function balanceFor({ on }: Pick<AutoTopup, 'on'>, balance: Balance) {
  return on === 'available' ? available(balance) : balance.posted;
}

function buyOrWait(context: DecisionContext, account: AccountState, rule: AutoTopup, balance: Balance): void {
  const now = timeOf(context, account);
  if (account.account.status !== 'active') return;
  const order = orderOf(rule, balanceFor(rule, balance));
  const from = notBefore(rule);
  const waitsUntil = from > now ? from : waitForCap(context, account, rule, order);
  if (waitsUntil !== null) {
    if (waitsUntil !== rule.waitsUntil) setAutoTopup(context, account, { ...rule, waitsUntil });
    return;
  }
  const { provider, paymentMethod, customer, offer } = rule;
  const { currency, package: sold, expiresAfterMs, priority } = offer;
  const terms = { ...order, currency, package: sold, expiresAfterMs, priority, provider, paymentMethod, customer };
  const purchase = beginPurchase(context, account, { ...terms, metadata: {} }, { automatic: true });
  reserveOfCaps(context, account, rule, purchase);
  setAutoTopup(context, account, { ...rule, firedAt: now, waitsUntil: null });
}

function setAutoTopup(context: DecisionContext, account: AccountState, autoTopup: AutoTopup): void {
  setRefills(context, account, { ...account.refills, autoTopup });
}
