import type { MoneyFact } from '../facts/money-fact.ts';
import type { MoneyRows } from './money-rows.ts';
import { MoneyTally } from './money-tally.ts';
import type { Pool } from './pool.ts';

export interface MoneyFacts {
  /** In the order of their ids. */
  readonly facts: readonly MoneyFact[];
  /** The pools that have changed, as they are after the last row. */
  readonly pools: ReadonlyMap<string, Pool>;
}

/**
 * What rows of the journal have changed in credits and in money.
 *
 * @param pools before the first row: of each grant, those that `poolNames` names, as far as they are there
 */
export function moneyFacts(rows: MoneyRows, pools: ReadonlyMap<string, Pool>): MoneyFacts {
  const tally = new MoneyTally(rows, pools);
  for (const transfer of rows.transfers) tally.addTransfer(transfer);
  for (const refund of rows.refunds) if (rows.isNew(refund)) tally.addRefund(refund);
  const facts = tally.facts.toSorted(({ transferId: a }, { transferId: b }) => (a < b ? -1 : a > b ? 1 : 0));
  return { facts, pools: tally.changed };
}
