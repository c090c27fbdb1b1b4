import { type Amount, ZERO } from '#amounts';
import type { UsageRecord } from '#ledger';
import { statedQuantities, statedQuantity } from '#pricing';
import { keptName } from './kept-name.ts';
import { shareOut } from '../share-out.ts';

/** What a usage has of a quantity, such as input tokens: how much, what it was priced at, and its part of the cost. */
export interface QuantityPart {
  readonly quantity: string;
  readonly amount: Amount;
  readonly credits: Amount;
  readonly cost: Amount;
}

/**
 * The quantities of a usage. Its cost is shared among them by what they were priced at. A usage that states none has one without a
 * name, so that nothing of the cost is left out.
 */
export function quantitiesOf({ usage, lines, amount, cost }: UsageRecord): readonly QuantityPart[] {
  const priced = new Map<string, { readonly count: Amount; readonly credits: Amount }>();
  for (const line of lines) {
    const before = priced.get(line.quantity) ?? { count: ZERO, credits: ZERO };
    priced.set(line.quantity, { count: before.count.plus(line.count), credits: before.credits.plus(line.amount) });
  }
  const names = [...new Set([...statedQuantities(usage), ...priced.keys()])].sort();
  if (names.length === 0) return [{ quantity: '', amount: ZERO, credits: amount ?? ZERO, cost: cost ?? ZERO }];
  const costs = shareOut(
    cost ?? ZERO,
    names.map((name) => priced.get(name)?.credits ?? ZERO),
  );
  return names.map((quantity, index) => ({
    quantity: keptName(quantity),
    amount: statedQuantity(usage, quantity) ?? priced.get(quantity)?.count ?? ZERO,
    credits: priced.get(quantity)?.credits ?? ZERO,
    cost: costs[index] ?? ZERO,
  }));
}
