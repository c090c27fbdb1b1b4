import { type Amount, ZERO } from '#amounts';
import type { MoneyGrantTerms } from './money-grant-terms.ts';
import { sumOf, type MoneySum } from './money-sum.ts';

/** How money is rounded, as it is stored. */
const PLACES = 12;

/**
 * What of the deferred money belongs to the credits that each grant has left. Grants that share their money have the same price for each
 * credit, and what they have adds up to the last digit.
 *
 * @param sums by grant, of every currency: credits whose money came later have none
 * @param upTo the last part of the range that counts
 * @returns by the ids of grants; those with nothing left are not in it
 */
export function deferredShares(
  sums: readonly MoneySum[],
  grants: readonly MoneyGrantTerms[],
  upTo: number,
): ReadonlyMap<string, Amount> {
  const ofGrant = Map.groupBy(
    sums.filter(({ part }) => part <= upTo),
    ({ grantId }) => grantId,
  );
  const shares = new Map<string, Amount>();
  for (const members of Map.groupBy(grants, ({ pool }) => pool).values()) {
    const own = members.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map(({ id }) => ({ id, of: ofGrant.get(id) ?? [] }));
    for (const [id, share] of sharesOfPool(own)) shares.set(id, share);
  }
  return shares;
}

function sharesOfPool(
  members: readonly { readonly id: string; readonly of: readonly MoneySum[] }[],
): readonly (readonly [string, Amount])[] {
  const left = members.map(({ id, of }) => ({ id, credits: sumOf(of, ({ credits }) => credits) }));
  const all = sumOf(left, ({ credits }) => credits);
  const money = sumOf(
    members.flatMap(({ of }) => of),
    (one) => one.money,
  );
  let credits = ZERO;
  let given = ZERO;
  return left
    .filter((one) => !one.credits.isZero())
    .map((one) => {
      credits = credits.plus(one.credits);
      const upToHere = money.times(credits).div(all).toDecimalPlaces(PLACES);
      const share = upToHere.minus(given);
      given = upToHere;
      return [one.id, share] as const;
    });
}
