import type { JournalSlice } from '../facts/journal-slice.ts';
import type { MoneyOfSlice, MoneyPosition } from '../facts/money-fact.ts';
import { versionOf } from '../facts/version-of.ts';
import { moneyFacts } from './money-facts.ts';
import { poolFrom, poolJson } from './pool.ts';

/**
 * What a slice has changed in credits and in money.
 *
 * @param positions before the slice, by the names that `poolNames` gives its grants, as far as they are stored
 */
export function moneyOfSlice(slice: JournalSlice, positions: ReadonlyMap<string, MoneyPosition>): MoneyOfSlice {
  const refunds = [...slice.purchases.values()].flatMap((purchase) =>
    purchase.refunds.map((refund) => ({ ...refund, grants: purchase.grants, currency: purchase.currency })),
  );
  const isNew = ({ id }: { readonly id: string }): boolean =>
    versionOf(id) > slice.after && versionOf(id) <= slice.through;
  const { transfers, grants, account } = slice;
  const pools = new Map([...positions].map(([name, position]) => [name, poolFrom(position)]));
  const { facts, pools: changed } = moneyFacts(
    { transfers, grants, refunds, isNew, currency: account.currency },
    pools,
  );
  return { facts, positions: new Map([...changed].map(([name, pool]) => [name, poolJson(pool)])) };
}
