import { formatAmount, type Amount } from '#amounts';
import { autoTopupStatus, publicId, type AutoTopup, type TopupCap, type TopupUnderWay } from '#ledger';
import { optionalTimeView } from '../lists/time-view.ts';

interface ShownAutoTopup {
  /** The account's own id. */
  readonly account: string;
  readonly autoTopup: AutoTopup | null;
  readonly underWay: TopupUnderWay | null;
}

/** A rule, and what has become of it. Of an account that has none, all is `null`. */
export function autoTopupView({ account, autoTopup, underWay }: ShownAutoTopup) {
  return {
    account,
    status: autoTopup ? autoTopupStatus(autoTopup) : 'disabled',
    enabled: autoTopup?.enabled ?? false,
    threshold: autoTopup && formatAmount(autoTopup.threshold),
    on: autoTopup && autoTopup.on,
    ...sizeView(autoTopup),
    ...offerView(autoTopup),
    provider: autoTopup && autoTopup.provider,
    payment_method: autoTopup && autoTopup.paymentMethod,
    customer: autoTopup && autoTopup.customer,
    cooldown: autoTopup && autoTopup.cooldownMs / 1000,
    max_per_period: autoTopup?.maxPerPeriod ? capView(autoTopup.maxPerPeriod) : null,
    declines: autoTopup?.declines ?? 0,
    next_attempt_at: optionalTimeView(autoTopup?.waitsUntil ?? null),
    under_way: underWay && publicId('topup', underWay.purchase),
  };
}

export function capView({ period, count, amount }: TopupCap) {
  return { period, count, amount: amount && formatAmount(amount) };
}

function sizeView(autoTopup: AutoTopup | null) {
  const buys: { amount?: Amount; target?: Amount; package?: string } = autoTopup?.buys ?? {};
  return {
    amount: buys.amount ? formatAmount(buys.amount) : null,
    target: buys.target ? formatAmount(buys.target) : null,
    package: buys.package ? publicId('creditPackage', buys.package) : null,
  };
}

function offerView(autoTopup: AutoTopup | null) {
  const { price = null, pricePerCredit = null, currency = null } = autoTopup?.offer ?? {};
  return {
    price: price && formatAmount(price),
    price_per_credit: pricePerCredit && formatAmount(pricePerCredit),
    currency,
  };
}
