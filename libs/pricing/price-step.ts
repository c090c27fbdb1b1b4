import { type Amount, smallerOf, ZERO } from '#amounts';
import { type AppliedPrice, applyPrice, findPrice, findsNothing, lineOf } from './applied-price.ts';
import { continuations, mergeTwo } from './merge-usages.ts';
import { pricedUsage, priceUsages, pricingOf } from './price-usages.ts';
import type { Line, Positions, PricedRequest, PricedUsage, Pricing, PricingTerms } from './pricing.ts';
import type { Price } from './rate-card.ts';
import { RunningCounts } from './running-counts.ts';
import { statedQuantities, statedQuantity, type Usage } from './usage.ts';

/** What the steps before have used and been charged. */
export interface EarlierSteps {
  /** Their usage, merged ({@link mergeUsages}). */
  readonly usages: readonly Usage[];
  /**
   * What they were charged beyond the price of all their usage together: `excess` of the step before. It is 0 unless more
   * usage costs less, as by volume.
   */
  readonly excess: Amount;
}

export type StepPricing = Pricing & { readonly excess: Amount };

/**
 * What a further step of an authorization costs: the price of all usage so far, less the price of what came before, and never
 * less than 0. A quantity that is counted over a period is charged at where its counter stands now.
 */
export function priceStep(
  terms: PricingTerms,
  before: EarlierSteps,
  request: PricedRequest,
  positions: Positions,
): StepPricing {
  if (before.usages.length === 0 && before.excess.isZero())
    return { ...priceUsages(terms, request, positions), excess: ZERO };
  const running = new RunningCounts();
  const unpriced: number[] = [];
  const indexes = continuations(before.usages, request.usages);
  const usages = request.usages.map((usage, i): PricedUsage => {
    const price = findPrice(terms, usage, request.tags);
    const step = price && stepOf(terms, price, request, before.usages[indexes[i] ?? -1], usage);
    if (!step || (findsNothing(step.stated) && !goesOn(step))) unpriced.push(i);
    return pricedUsage(price, step ? linesOfStep(step, positions, running) : []);
  });
  const settled = chargeAtLeastZero(usages, before.excess);
  return { ...pricingOf(settled.usages, unpriced, running), excess: settled.excess };
}

interface Step {
  /** All usage so far. */
  readonly all: AppliedPrice;
  /** What it is further to; null where it is the first. */
  readonly before: AppliedPrice | null;
  /** The step's own usage, as if nothing came before: what has no price by itself has none as a further part. */
  readonly stated: AppliedPrice;
  /** What it adds by itself. */
  readonly own: AppliedPrice;
}

function stepOf(
  terms: PricingTerms,
  price: Price,
  request: PricedRequest,
  earlier: Usage | undefined,
  usage: Usage,
): Step {
  const stated = applyPrice(terms, price, usage, request);
  if (!earlier) return { all: stated, before: null, stated, own: stated };
  const all = applyPrice(terms, price, mergeTwo(earlier, usage), request);
  const before = applyPrice(terms, price, earlier, request);
  return { all, before, stated, own: { ...all, counts: countsOfFurther(stated), wholes: null } };
}

/** Whether an earlier step has said what was used, and this one says nothing more of it. */
function goesOn({ before, stated }: Step): boolean {
  return before !== null && statedQuantities(stated.usage).length === 0;
}

/** The first step has counted the request that a usage is, where none of them states how many it is. */
function countsOfFurther({ price, usage, counts }: AppliedPrice): readonly Amount[] {
  if (statedQuantity(usage, 'requests')) return counts;
  return counts.map((count, index) => (price.components[index]?.quantity === 'requests' ? ZERO : count));
}

/** What the step adds to each line. A line may become less. */
function linesOfStep({ all, before, own }: Step, positions: Positions, running: RunningCounts): readonly Line[] {
  return all.price.components.flatMap(({ counter }, index) => {
    if (counter || !before) return lineOf(own, index, positions, running) ?? [];
    const line = lineOf(all, index, positions, running);
    const charged = lineOf(before, index, positions, running);
    const shown = line ?? charged;
    if (!shown) return [];
    const count = (line?.count ?? ZERO).minus(charged?.count ?? ZERO);
    const amount = (line?.amount ?? ZERO).minus(charged?.amount ?? ZERO);
    return count.isZero() && amount.isZero() ? [] : { ...shown, count, amount };
  });
}

/** Sets off what lines lose, and what was charged too much before, against what others gain. */
function chargeAtLeastZero(
  usages: readonly PricedUsage[],
  excess: Amount,
): { usages: readonly PricedUsage[]; excess: Amount } {
  const losses = usages.flatMap(({ lines }) => lines).filter(({ amount }) => amount.isNegative());
  if (losses.length === 0 && excess.isZero()) return { usages, excess };
  let rest = losses.reduce((sum, { amount }) => sum.minus(amount), excess);
  const settled = usages.map(({ price, lines }) =>
    pricedUsage(
      price,
      lines.map((line) => {
        if (line.amount.isNegative()) return { ...line, amount: ZERO };
        const setOff = smallerOf(line.amount, rest);
        rest = rest.minus(setOff);
        return { ...line, amount: line.amount.minus(setOff) };
      }),
    ),
  );
  return { usages: settled, excess: rest };
}
