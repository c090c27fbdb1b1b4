import { Amount, formatAmount, type JsonObject } from '#amounts';
import { placeOf } from '../quantity-groups.ts';
import { RESERVED_NAMES, type Usage } from '../usage.ts';
import type { Draft } from './shape.ts';

/** Said where they are zero too: that nothing was read or written is an answer. */
const WHOLES = ['input_tokens', 'output_tokens'] as const;
const PLACES = 12;
/** Some names are made of what an answer calls its tools and times to live. */
const QUANTITY_NAME = /^[a-z][a-z0-9_]{0,127}$/;
/** No answer counts so many things. */
const QUANTITIES_MAX = 64;

export interface Named {
  readonly event: string;
  readonly model: string | null;
  readonly provider: string | null;
  readonly properties: JsonObject;
}

export interface ClampedUsage {
  readonly usage: Usage;
  readonly assumed: readonly string[];
  /** The quantities of which nobody knows how many there are. */
  readonly unreadable: readonly string[];
}

/**
 * Writes a draft in our vocabulary. A vendor's counters may contradict each other: a part is never more than its whole. A part
 * that can't be read is left in its whole; of any other quantity that can't be read, it is unknown how many there are.
 */
export function usageOfDraft(draft: Draft, { event, model, provider, properties }: Named): ClampedUsage {
  const unread = Object.keys(draft.quantities).filter((name) => Number.isNaN(draft.quantities[name]));
  const unreadable = unread.filter((name) => placeOf(name) === null && QUANTITY_NAME.test(name));
  const parts = unread.filter((name) => placeOf(name) !== null);
  const { quantities, assumed: cut } = countedIn(draft);
  const clamped = WHOLES.flatMap((whole) => clamp(quantities, whole));
  const assumed = [...cut, ...parts.map((name) => `${name} can’t be read: it is left out`), ...clamped];
  return {
    unreadable,
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

function countedIn(draft: Draft): { quantities: Map<string, number>; assumed: readonly string[] } {
  const counted = Object.entries(draft.quantities).filter((entry): entry is [string, number] => {
    const [name, count] = entry;
    const isCounted = count !== null && (count > 0 || (count === 0 && isWhole(name)));
    return isCounted && QUANTITY_NAME.test(name) && !RESERVED_NAMES.has(name);
  });
  const kept = counted.filter(([name], index) => index < QUANTITIES_MAX || isWhole(name));
  const assumed =
    kept.length < counted.length
      ? [`${counted.length} quantities: all but the first ${QUANTITIES_MAX} are left out`]
      : [];
  return { quantities: new Map(kept), assumed };
}

function isWhole(name: string): boolean {
  return WHOLES.some((whole) => whole === name);
}

/** Parts may overlap, as those that were read from a cache and written to it may. */
function clamp(quantities: Map<string, number>, whole: string): readonly string[] {
  const parts = [...quantities].filter(([name]) => placeOf(name)?.whole === whole);
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
