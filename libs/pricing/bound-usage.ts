import { type Amount, smallerOf, sumOf, ZERO } from '#amounts';
import { finish } from './applied-price.ts';
import type { BoundedGroup, BoundedUsage } from './bounded-usage.ts';
import { rateOf } from './component-amount.ts';
import { fillGroup, type GroupMember } from './fill-group.ts';
import { highestAmount, largerOf } from './highest-amount.ts';
import type { Component } from './rate-card.ts';

/** The most that a usage can cost. Its input picks the rates: so that is the most in any context that its input can reach. */
export function boundUsage(bounded: BoundedUsage): Amount {
  return contextsOf(bounded)
    .map((inputTokens) => sumOf(bounded.groups.map((group) => boundGroup(bounded, group, inputTokens))))
    .reduce(largerOf);
}

/** The largest input of every context, as rates tell them apart. Where more input never costs less, the last one is enough. */
function contextsOf({ applied }: BoundedUsage): readonly Amount[] {
  const { inputTokens, price } = applied;
  if (price.components.every(risesWithContext)) return [inputTokens];
  const thresholds = price.components.flatMap(({ aboveContext }) => aboveContext.map((above) => above.inputTokens));
  return [...thresholds.filter((threshold) => threshold.lt(inputTokens)), inputTokens];
}

function risesWithContext({ amount, aboveContext }: Component): boolean {
  return aboveContext.every((above, i) => above.amount.gte(aboveContext[i - 1]?.amount ?? amount ?? ZERO));
}

/**
 * The most that a quantity and its parts can cost. Each part may be all of it, but not all of them at once: so a bound is what
 * comes of giving every unit to the dearest part that still takes it, and another the sum of what each can cost by itself.
 */
function boundGroup(bounded: BoundedUsage, { group, top }: BoundedGroup, inputTokens: Amount): Amount {
  const { applied } = bounded;
  const isInput = group.whole === 'input_tokens' && inputTokens.lt(applied.inputTokens);
  const most = isInput ? smallerOf(top, inputTokens) : top;
  const indexes = group.wholeComponent === null ? group.parts : [group.wholeComponent, ...group.parts];
  const members = indexes.flatMap((index): GroupMember | [] => {
    const component = applied.price.components[index];
    const limit = smallerOf(bounded.limits[index] ?? ZERO, most);
    if (!component || limit.isZero()) return [];
    return { component, limit, rate: rateOf(component, inputTokens), range: bounded.ranges[index] ?? null };
  });
  const apart = sumOf(
    members.map(({ component, rate, limit, range }) =>
      finish(applied, component, limit, highestAmount(component, rate, limit, range)),
    ),
  );
  if (members.length < 2 || sumOf(members.map(({ limit }) => limit)).lte(most)) return apart;
  return smallerOf(apart, fillGroup(applied, members, most));
}
