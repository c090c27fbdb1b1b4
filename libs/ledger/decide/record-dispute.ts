import { type Amount, ZERO } from '#amounts';
import type { RecordDispute } from '../commands.ts';
import { hasExpired, type Grant } from '../grant.ts';
import { isPaid, type Purchase, type PurchaseDispute } from '../purchases.ts';
import { disputedMoney, shareOfMoney } from '../refund-shares.ts';
import { refused, type Outcome } from '../refusals.ts';
import type { AccountState } from '../state.ts';
import { suspendAfterDispute } from './auto-topup.ts';
import { decidedPurchase, type PurchaseDecision } from './begin-purchase.ts';
import { findPurchase, loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { isDisputed, paidStatusOf } from './paid-status.ts';
import { emitDispute } from './report-purchase.ts';
import { takeBack } from './take-back.ts';
import { Transaction } from './transaction.ts';

/**
 * Records what has become of a dispute. While one is open, what no authorization has pinned of the purchase's grants is frozen.
 * Won, it is spendable again, for as much longer; lost, what the money had paid for is taken back, and what of that is spent is a loss.
 * A dispute that has ended stays as it ended, whatever arrives late.
 */
export function recordDispute(context: DecisionContext, command: RecordDispute): Outcome<PurchaseDecision> {
  const found = findPurchase(context, command.purchase);
  if (!found) return refused({ code: 'purchase_not_found' });
  const { account, purchase } = found;
  const known = purchase.disputes.find(({ reference }) => reference === command.reference);
  const isNews = !known || (known.state === 'opened' && command.state !== 'opened');
  if (!isNews) return decidedPurchase(account, purchase);
  const dispute = disputeOf(command, known, timeOf(context, account));
  purchase.disputes = [...purchase.disputes.filter((one) => one !== known), dispute];
  context.changes.purchases.update(purchase);
  const money = disputedMoney(purchase, dispute);
  if (!known && dispute.state !== 'won') suspendAfterDispute(context, account, purchase);
  const moved = isPaid(purchase) ? act(context, account, purchase, dispute) : null;
  if (!moved) {
    if (dispute.state === 'lost') loseMoney(context, account, purchase, dispute);
    return decidedPurchase(account, purchase);
  }
  purchase.status = paidStatusOf(purchase);
  emitDispute(context, account, purchase, { ...dispute, money }, moved);
  return decidedPurchase(account, purchase);
}

function disputeOf(
  { state, reference, money }: RecordDispute,
  known: PurchaseDispute | undefined,
  now: number,
): PurchaseDispute {
  return {
    reference,
    state,
    money: money ?? known?.money ?? null,
    openedAt: known?.openedAt ?? now,
    closedAt: state === 'opened' ? null : now,
  };
}

/** What a dispute has frozen, released or taken back, and what it couldn't take back. */
interface DisputedCredits {
  readonly credits: Amount;
  readonly lost: Amount;
}

function act(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  dispute: PurchaseDispute,
): DisputedCredits {
  const books = new Transaction(context, account);
  const grants = purchase.grants.map((id) => loadedGrant(context, id));
  if (dispute.state === 'opened') {
    const before = frozenOf(grants);
    for (const grant of grants) if (isAlive(context, account, grant)) books.freeze(grant);
    return { credits: frozenOf(grants).minus(before), lost: ZERO };
  }
  const lost = dispute.state === 'lost' ? loseMoney(context, account, purchase, dispute) : null;
  if (isDisputed(purchase)) return lost ?? { credits: ZERO, lost: ZERO };
  const released = frozenOf(grants);
  release(books, grants);
  return lost ?? { credits: released, lost: ZERO };
}

/** What has expired or was voided isn't spendable anyway, and nothing is left of a closed account. */
function isAlive(context: DecisionContext, account: AccountState, grant: Grant): boolean {
  return grant.voidedAt === null && account.account.status !== 'closed' && !hasExpired(grant, timeOf(context, account));
}

function release(books: Transaction, grants: readonly Grant[]): void {
  for (const grant of grants) {
    if (grant.frozenAt === null) continue;
    books.unfreeze(grant);
    books.repayDebt(grant);
  }
}

function loseMoney(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  dispute: PurchaseDispute,
): DisputedCredits {
  const { reference } = dispute;
  const share = shareOfMoney(purchase, disputedMoney(purchase, dispute));
  if (share.money.isZero()) return { credits: ZERO, lost: ZERO };
  const how = { origin: 'dispute', status: 'succeeded', reference } as const;
  const { credits, taken } = takeBack(context, account, purchase, share, how);
  const back = taken.reduce((sum, { amount }) => sum.plus(amount), ZERO);
  return { credits: back, lost: credits.minus(back) };
}

function frozenOf(grants: readonly Grant[]): Amount {
  return grants.reduce((sum, { frozen }) => sum.plus(frozen), ZERO);
}
