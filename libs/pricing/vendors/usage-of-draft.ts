import { Amount, formatAmount, type JsonObject } from '#amounts';
import type { Usage } from '../usage.ts';
import type { Draft } from './shape.ts';

/** What is counted as part of a whole. Parts may overlap, as those that were read from a cache and written to it may. */
const PARTS: readonly { readonly whole: string; readonly isPart: RegExp }[] = [
  {
    whole: 'input_tokens',
    isPart: /^(?:cache_read_tokens|cache_write_(?:\w+_)?tokens|input_(?:audio|image|video)_tokens)$/,
  },
  { whole: 'output_tokens', isPart: /^(?:reasoning_tokens|output_(?:audio|image)_tokens)$/ },
];
/** Said where they are zero too: that nothing was read or written is an answer. */
const WHOLES: ReadonlySet<string> = new Set(PARTS.map(({ whole }) => whole));
const PLACES = 12;

export interface Named {
  readonly event: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly properties: JsonObject;
}

export interface ClampedUsage {
  readonly usage: Usage;
  readonly assumed: readonly string[];
}

/** Writes a draft in our vocabulary. A vendor's counters may contradict each other: a part is never more than its whole. */
export function usageOfDraft(draft: Draft, { event, model, provider, properties }: Named): ClampedUsage {
  const known = Object.entries(draft.quantities).filter((entry): entry is [string, number] => entry[1] !== null);
  const quantities = new Map(known.filter(([name, count]) => count > 0 || WHOLES.has(name)));
  const assumed = PARTS.flatMap((part) => clamp(quantities, part));
  return {
    usage: {
      event,
      ...(model !== null && { model }),
      ...(provider !== null && { provider }),
      ...Object.fromEntries([...quantities].map(([name, count]) => [name, quantity(count)])),
      ...(Object.keys(properties).length > 0 && { properties }),
    },
    assumed,
  };
}

function clamp(quantities: Map<string, number>, { whole, isPart }: (typeof PARTS)[number]): readonly string[] {
  const parts = [...quantities].filter(([name]) => isPart.test(name));
  const most = Math.max(0, ...parts.map(([, count]) => count));
  const all = quantities.get(whole);
  if (all === undefined) {
    if (most === 0) return [];
    quantities.set(whole, most);
    return [`${whole} is not said: it is taken as no more than its part`];
  }
  const beyond = parts.filter(([, count]) => count > all).map(([name]) => name);
  for (const name of beyond) quantities.set(name, all);
  return beyond.map((name) => `${name} is more than ${whole}: it is cut to it`);
}

/** A whole number, or a decimal as a string. */
function quantity(count: number): number | string {
  return Number.isSafeInteger(count) ? count : formatAmount(new Amount(count).toDecimalPlaces(PLACES));
}
