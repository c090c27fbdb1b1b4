import { type Amount, ZERO } from '#amounts';
import { NONE, OTHER } from '../facts/tag-value.ts';
import type { PricedAgain } from './price-again.ts';

/** What usage was priced at, and what it would have been. */
export interface WhatIfFigures {
  /** How many requests; one of several models counts in the rows of each. */
  readonly requests: number;
  /** Of the usage that has a price both times. */
  readonly before: Amount;
  readonly after: Amount;
  /** Usages that have no price now, or had none then. */
  readonly unpriced: number;
  /** What those were priced at. It isn't in `before`. */
  readonly unpricedBefore: Amount;
}

export interface WhatIfRow extends WhatIfFigures {
  readonly unit: string;
  /** `(none)` where the usage named none. */
  readonly model: string;
  /** The model that it goes to instead; `null` where that is the same. */
  readonly routedTo: string | null;
  readonly feature: string;
}

type Key = Pick<WhatIfRow, 'unit' | 'model' | 'routedTo' | 'feature'>;
type Sums = { -readonly [Name in keyof WhatIfFigures]: WhatIfFigures[Name] };

/** So many rows are kept apart. */
const ROWS_MAX = 10_000;

/** Adds up what requests were priced at before and now, by unit, model and feature. */
export class WhatIfTally {
  readonly #rows = new Map<string, { readonly key: Key; readonly sums: Sums }>();
  readonly #totals = new Map<string, Sums>();

  constructor(private readonly rowsMax = ROWS_MAX) {}

  add(unit: string, feature: string | undefined, usages: readonly PricedAgain[]): void {
    if (usages.length === 0) return;
    const total = sumsIn(this.#totals, unit);
    total.requests += 1;
    const counted = new Set<Sums>();
    for (const { past, route, amount } of usages) {
      const model = past.usage.model ?? NONE;
      const routedTo = route && route.model !== past.usage.model ? route.model : null;
      const sums = this.sumsOf({ unit, model, routedTo, feature: feature ?? NONE });
      if (!counted.has(sums)) sums.requests += 1;
      counted.add(sums);
      for (const one of [sums, total]) addTo(one, past.amount, amount);
    }
  }

  /** Those with the most credits before come first. */
  rows(): readonly WhatIfRow[] {
    const rows = [...this.#rows.values()].map(({ key, sums }) => ({ ...key, ...sums }));
    return rows.sort((a, b) => b.before.cmp(a.before) || (nameOf(a) < nameOf(b) ? -1 : 1));
  }

  /** By unit. */
  totals(): ReadonlyMap<string, WhatIfFigures> {
    return this.#totals;
  }

  private sumsOf(key: Key): Sums {
    const name = nameOf(key);
    const known = this.#rows.get(name);
    if (known) return known.sums;
    if (this.#rows.size >= this.rowsMax && key.feature !== OTHER) return this.sumsOf({ ...key, feature: OTHER });
    const sums = noSums();
    this.#rows.set(name, { key, sums });
    return sums;
  }
}

function nameOf({ unit, model, routedTo, feature }: Key): string {
  return JSON.stringify([unit, model, routedTo, feature]);
}

function sumsIn(totals: Map<string, Sums>, unit: string): Sums {
  const known = totals.get(unit) ?? noSums();
  totals.set(unit, known);
  return known;
}

function noSums(): Sums {
  return { requests: 0, before: ZERO, after: ZERO, unpriced: 0, unpricedBefore: ZERO };
}

function addTo(sums: Sums, before: Amount | null, after: Amount | null): void {
  if (before && after) {
    sums.before = sums.before.plus(before);
    sums.after = sums.after.plus(after);
    return;
  }
  sums.unpriced += 1;
  sums.unpricedBefore = sums.unpricedBefore.plus(before ?? ZERO);
}
