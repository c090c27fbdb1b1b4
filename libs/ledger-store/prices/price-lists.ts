import { readPrices, type PriceList } from '#pricing';
import { nameOf, type StoredPrices, type VersionRef } from './mirror-statements.ts';

interface Kept {
  readonly card: string;
  readonly prices: PriceList;
  readonly bytes: number;
}

/** What the prices that are kept may take in memory, roughly. */
const BYTES_MAX = 128 * 1024 * 1024;
/** How much more room prices take than their JSON. */
const BYTES_PER_CHARACTER = 10;

/** The prices of versions in memory, as many as there is room for; those used longest ago go first. */
export class PriceLists {
  /** In the order in which they were used last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(private readonly bytesMax = BYTES_MAX) {}

  find(ref: VersionRef): PriceList | null {
    const name = nameOf(ref);
    const kept = this.#kept.get(name);
    if (!kept) return null;
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.prices;
  }

  /** The cards of which the prices of some version are kept. */
  get cards(): ReadonlySet<string> {
    return new Set([...this.#kept.values()].map(({ card }) => card));
  }

  keep({ json, ...ref }: StoredPrices): void {
    const name = nameOf(ref);
    if (this.#kept.has(name)) return;
    const bytes = json.length * BYTES_PER_CHARACTER;
    this.#kept.set(name, { card: ref.card, prices: readPrices(JSON.parse(json)), bytes });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed }] of this.#kept) {
      // What was kept just now is about to be used, whatever its size.
      if (this.#bytes <= this.bytesMax || oldest === name) return;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
  }
}
