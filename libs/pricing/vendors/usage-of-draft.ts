import { Amount, formatAmount, type JsonObject } from '#amounts';
import type { Usage } from '../usage.ts';
import type { Draft } from './shape.ts';

/** Parts of a whole that can't be more than it together. */
const PARTS: readonly { readonly whole: string; readonly isPart: (name: string) => boolean }[] = [
  {
    whole: 'input_tokens',
    isPart: (name) => name === 'cache_read_tokens' || /^cache_write_(?:\w+_)?tokens$/.test(name),
  },
  { whole: 'input_tokens', isPart: (name) => /^input_(?:audio|image|video)_tokens$/.test(name) },
  { whole: 'output_tokens', isPart: (name) => name === 'reasoning_tokens' },
  { whole: 'output_tokens', isPart: (name) => /^output_(?:audio|image)_tokens$/.test(name) },
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
  const parts = [...quantities].filter(([name]) => isPart(name));
  const all = parts.reduce((total, [, count]) => total + count, 0);
  let left = quantities.get(whole);
  if (left === undefined) {
    if (all === 0) return [];
    quantities.set(whole, all);
    return [`${whole} is not said: it is taken as the sum of its parts`];
  }
  if (all <= left) return [];
  for (const [name, count] of parts) {
    const taken = Math.min(count, left);
    quantities.set(name, taken);
    left -= taken;
  }
  return [`${parts.map(([name]) => name).join(' and ')} are more than ${whole}: they are cut to it`];
}

/** A whole number, or a decimal as a string. */
function quantity(count: number): number | string {
  return Number.isSafeInteger(count) ? count : formatAmount(new Amount(count).toDecimalPlaces(PLACES));
}
