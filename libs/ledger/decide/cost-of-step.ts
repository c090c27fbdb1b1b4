import { atLeastZero } from '#amounts';
import { mergeTwo, type Cost, type Usage } from '#pricing';

/**
 * What a usage costs its operator that goes on with an earlier one: all of it, less what came before. As in its price, the request
 * counts once, and all its input picks the rates.
 *
 * @param earlier as it is remembered: without the properties that no price looks at
 * @param costOf `null` where it isn't known
 */
export function costOfStep(costOf: (usage: Usage) => Cost | null, earlier: Usage, usage: Usage): Cost | null {
  const { properties } = usage;
  const served = (one: Usage): Usage => (properties === undefined ? one : { ...one, properties });
  const all = costOf(served(mergeTwo(earlier, usage)));
  const before = costOf(served(earlier));
  if (all === null || before === null) return all;
  if (all.currency !== before.currency) return costOf(usage);
  return { amount: atLeastZero(all.amount.minus(before.amount)), currency: all.currency };
}
