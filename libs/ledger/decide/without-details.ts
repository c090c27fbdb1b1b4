import type { PriceList, PricingTerms, Usage } from '#pricing';

const names = new WeakMap<PriceList, ReadonlySet<string>>();

/**
 * Usage without the properties that no price looks at. They may differ from step to step (the id of a request), and what an open
 * authorization remembers of its steps must not grow with them.
 */
export function withoutDetails(terms: PricingTerms, usages: readonly Usage[]): readonly Usage[] {
  return usages.map((usage) => {
    if (usage.properties === undefined) return usage;
    const { properties, ...rest } = usage;
    const kept = Object.entries(properties).filter(([name]) => isLookedAt(terms, name));
    return { ...rest, ...(kept.length > 0 && { properties: Object.fromEntries(kept) }) };
  });
}

function isLookedAt({ prices, overrides }: PricingTerms, name: string): boolean {
  return namesIn(prices).has(name) || (overrides !== null && namesIn(overrides).has(name));
}

/** Every name that a match or a multiplier of these prices has. */
function namesIn(list: PriceList): ReadonlySet<string> {
  const known = names.get(list);
  if (known) return known;
  const found = new Set(
    list.prices.flatMap(({ match, multipliers }) =>
      [match, ...multipliers.map((multiplier) => multiplier.match)].flatMap((one) => one.map(({ name }) => name)),
    ),
  );
  names.set(list, found);
  return found;
}
