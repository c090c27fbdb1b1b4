import { Amount, formatAmount, ZERO, type JsonObject } from '#amounts';
import type { Grant, PeriodOrigin } from '#ledger';

/** What money is about in a grant. */
export type MoneyGrant = Pick<
  Grant,
  | 'id'
  | 'amount'
  | 'category'
  | 'costBasis'
  | 'amountPaid'
  | 'currency'
  | 'purchase'
  | 'purchaseReference'
  | 'returned'
  | 'period'
>;

/**
 * The money of the grants that were bought together, as the journal had it after some row. What of it is recognised follows from
 * the sums, so that however it was spent, nothing of it is lost to rounding.
 */
export interface Pool {
  /** '' as long as no money is known. */
  readonly currency: string;
  readonly paid: Amount;
  /** The credits that were bought for it, bonus included. */
  readonly total: Amount;
  /** The credits of them that are gone: used, expired, taken back or rolled over. */
  readonly gone: Amount;
  /** Of a pool that is named by a grant: the money that was returned when that grant was voided. */
  readonly returned: Amount;
}

export const NO_POOL: Pool = { currency: '', paid: ZERO, total: ZERO, gone: ZERO, returned: ZERO };

/** How money is rounded, as it is stored. */
const PLACES = 12;

/** What of the money isn't deferred any more, in whichever direction it went. */
export function recognised({ paid, total, gone }: Pool): Amount {
  if (total.isZero()) return ZERO;
  return paid.times(gone).div(total).toDecimalPlaces(PLACES);
}

type PoolMember = Pick<MoneyGrant, 'id' | 'category' | 'purchase' | 'purchaseReference'> & {
  readonly period: Pick<PeriodOrigin, 'from'> | null;
};

/**
 * The names, among those of its account, of the pools that a grant may be in: that of its purchase, and one of its own. It is in its
 * own where it was bought alone; where its credits have rolled over, since their money has moved with them; and where its money is
 * in another currency than that of its purchase.
 */
export function poolNames({ id, category, purchase, purchaseReference, period }: PoolMember): readonly string[] {
  if (category !== 'paid') return [];
  if (period?.from) return [id];
  if (purchase !== null) return [purchase, id];
  return purchaseReference === null ? [id] : [`reference:${purchaseReference}`, id];
}

/**
 * The money that a grant brings.
 *
 * @param currency of the environment, in which a bare cost basis is
 */
export function broughtBy(
  grant: MoneyGrant,
  currency: string,
): { readonly paid: Amount; readonly currency: string } | null {
  const { amount, amountPaid, costBasis, category } = grant;
  if (category !== 'paid') return null;
  if (amountPaid) return { paid: amountPaid, currency: grant.currency ?? currency };
  return costBasis && { paid: amount.times(costBasis).toDecimalPlaces(PLACES), currency };
}

/** A pool as it is stored. */
export function poolJson({ currency, paid, total, gone, returned }: Pool): JsonObject {
  const sums = { paid: formatAmount(paid), total: formatAmount(total), gone: formatAmount(gone) };
  return { currency, ...sums, returned: formatAmount(returned) };
}

export function poolFrom(json: JsonObject): Pool {
  const { currency, paid, total, gone, returned } = json as Record<keyof Pool, string>;
  return {
    currency,
    paid: new Amount(paid),
    total: new Amount(total),
    gone: new Amount(gone),
    returned: new Amount(returned),
  };
}
