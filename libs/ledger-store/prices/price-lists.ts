import { readPrices, type PriceList } from '#pricing';
import { nameOf, type StoredPrices, type VersionRef } from './mirror-statements.ts';

interface Kept {
  readonly card: string;
  readonly prices: PriceList;
  readonly bytes: number;
  wantedUntil: number;
}

/** What the prices that are kept may take in memory, roughly. */
const BYTES_MAX = 128 * 1024 * 1024;
/** How much more room prices take than their JSON. */
const BYTES_PER_CHARACTER = 10;
/** How long prices stay after somebody wanted them: until a decision that was waiting for them, perhaps for locks, has read them. */
const WANTED_MS = 10_000;

/**
 * The prices of versions in memory, as many as there is room for; those used longest ago go first. Those that were wanted
 * lately stay whatever room they take: a decision is about to read them.
 */
export class PriceLists {
  /** In the order in which they were used last. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** @param clock milliseconds, from any instant on */
  constructor(
    private readonly bytesMax = BYTES_MAX,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  has(ref: VersionRef): boolean {
    return this.#kept.has(nameOf(ref));
  }

  /** Whether they are kept; then they stay for a while. */
  want(ref: VersionRef): boolean {
    const kept = this.#kept.get(nameOf(ref));
    if (kept) kept.wantedUntil = this.clock() + WANTED_MS;
    return kept !== undefined;
  }

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
    const now = this.clock();
    this.#kept.set(name, { card: ref.card, prices: readPrices(JSON.parse(json)), bytes, wantedUntil: now + WANTED_MS });
    this.#bytes += bytes;
    for (const [oldest, { bytes: freed, wantedUntil }] of this.#kept) {
      if (this.#bytes <= this.bytesMax) return;
      if (now < wantedUntil) continue;
      this.#kept.delete(oldest);
      this.#bytes -= freed;
    }
  }
}
