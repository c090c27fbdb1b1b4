import { type Amount, smallerOf, ZERO } from '#amounts';
import type { GrantShare } from '../authorization.ts';
import type { Grant } from '../grant.ts';
import { isPaid, type Purchase, type PurchaseRefund } from '../purchases.ts';
import { sumRefunds, withoutBonus, type RefundShare } from '../refund-shares.ts';
import type { AccountState } from '../state.ts';
import { loadedGrant, timeOf, type DecisionContext } from './context.ts';
import { Transaction } from './transaction.ts';

type Refunding = Pick<PurchaseRefund, 'origin' | 'status' | 'reference'>;

/**
 * Records that money of a purchase goes back, and takes back what it has paid for, as far as that is neither spent nor held. Where
 * the purchase hasn't brought anything yet, that is done when it does.
 */
export function takeBack(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  share: RefundShare,
  how: Refunding,
): PurchaseRefund {
  const common = {
    id: account.ids.next(context.realNow),
    ...how,
    money: share.money,
    createdAt: timeOf(context, account),
  };
  const refund = isPaid(purchase)
    ? { ...common, ...takenBack(context, account, purchase, share.credits) }
    : { ...common, credits: ZERO, taken: [], transactionId: null, tookAll: false };
  purchase.refunds = [...purchase.refunds, refund];
  sumRefunds(purchase);
  context.changes.purchases.update(purchase);
  // Its id is taken, also where nothing is booked.
  context.changes.accounts.update(account);
  return refund;
}

type TakenBack = Pick<PurchaseRefund, 'credits' | 'taken' | 'transactionId' | 'tookAll'>;

/** Takes credits back from the grants of a purchase. */
export function takenBack(
  context: DecisionContext,
  account: AccountState,
  purchase: Purchase,
  credits: Amount,
): TakenBack {
  const books = new Transaction(context, account);
  const grants = purchase.grants.map((id) => loadedGrant(context, id));
  const taken: GrantShare[] = [];
  let transactionId: string | null = null;
  for (const { grant, amount } of sharesOf(purchase, grants, credits)) {
    transactionId = books.takeBackPurchased(grant, amount);
    taken.push({ grantId: grant.id, amount });
  }
  return {
    credits,
    taken,
    transactionId,
    tookAll: taken.length > 0 && grants.every(({ remaining }) => remaining.isZero()),
  };
}

/** What of the grants of a purchase is neither spent nor pinned; what is frozen counts. */
export function unspentOf(context: DecisionContext, purchase: Purchase): Amount {
  return purchase.grants.reduce((sum, id) => sum.plus(unpinned(loadedGrant(context, id))), ZERO);
}

/** From each grant in proportion, and what one hasn't got from the other. */
function sharesOf(
  purchase: Purchase,
  grants: readonly Grant[],
  credits: Amount,
): { readonly grant: Grant; readonly amount: Amount }[] {
  const [bought, bonus] = grants;
  if (!bought) return [];
  const quota = bonus ? withoutBonus(purchase, credits) : credits;
  const ofBonus = bonus ? unpinned(bonus) : ZERO;
  const fromBonus = smallerOf(ofBonus, credits.minus(quota));
  const fromBought = smallerOf(unpinned(bought), credits.minus(fromBonus));
  const more = smallerOf(ofBonus.minus(fromBonus), credits.minus(fromBonus).minus(fromBought));
  const shares = [{ grant: bought, amount: fromBought }];
  if (bonus) shares.push({ grant: bonus, amount: fromBonus.plus(more) });
  return shares.filter(({ amount }) => !amount.isZero());
}

function unpinned({ remaining, held, frozen }: Grant): Amount {
  return remaining.minus(held).plus(frozen);
}
