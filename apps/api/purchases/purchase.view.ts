import { formatAmount } from '#amounts';
import { publicId, type PurchaseDecision, type PurchaseRefund } from '#ledger';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

/** A purchase, seen as what an account was refilled with. */
export function topupView({ account, purchase }: PurchaseDecision) {
  const { id, ...shared } = sharedView(account, purchase);
  return { id: publicId('topup', id), purchase: publicId('purchase', id), ...shared };
}

/** The same, seen as what was sold. */
export function purchaseView({ account, purchase }: PurchaseDecision) {
  const { id, ...shared } = sharedView(account, purchase);
  return { id: publicId('purchase', id), topup: publicId('topup', id), ...shared };
}

function sharedView(account: string, purchase: PurchaseDecision['purchase']) {
  const { failure, paid } = purchase;
  return {
    id: purchase.id,
    account,
    status: purchase.status,
    credits: formatAmount(purchase.credits),
    bonus_credits: formatAmount(purchase.bonusCredits),
    price: formatAmount(purchase.price),
    currency: purchase.currency,
    package: purchase.package && publicId('creditPackage', purchase.package),
    provider: purchase.provider,
    provider_reference: purchase.reference,
    payment_method: purchase.paymentMethod,
    customer: purchase.customer,
    automatic: purchase.automatic,
    failure: failure && { code: failure.code, message: failure.message },
    action_url: purchase.actionUrl,
    paid: paid && { amount: formatAmount(paid.amount), currency: paid.currency },
    grants: purchase.grants.map((grant) => publicId('grant', grant)),
    refunds: purchase.refunds.map(refundView),
    refunded: formatAmount(purchase.refundedMoney),
    refunded_credits: formatAmount(purchase.refundedCredits),
    lost_credits: formatAmount(purchase.lostCredits),
    created_at: timeView(purchase.createdAt),
    succeeded_at: optionalTimeView(purchase.succeededAt),
    metadata: purchase.metadata,
  };
}

function refundView({ id, origin, status, money, credits, reference, createdAt }: PurchaseRefund) {
  return {
    id: publicId('refund', id),
    origin,
    status,
    money: formatAmount(money),
    credits: formatAmount(credits),
    provider_reference: reference,
    created_at: timeView(createdAt),
  };
}
