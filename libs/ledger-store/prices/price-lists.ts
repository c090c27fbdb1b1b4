import { readPrices, type PriceList } from '#pricing';
import type { StoredPrices, VersionRef } from './mirror-statements.ts';

interface Kept {
  readonly ref: VersionRef;
  readonly prices: PriceList;
  readonly bytes: number;
  wantedUntil: number;
  /** How many looks there had been when they were last looked up. */
  usedAt: number;
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
  /** By card and version. Every decision looks up some, so a look changes no order. */
  readonly #kept = new Map<string, Map<number, Kept>>();
  #bytes = 0;
  #looks = 0;

  /** @param clock milliseconds, from any instant on */
  constructor(
    private readonly bytesMax = BYTES_MAX,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  has(ref: VersionRef): boolean {
    return this.#at(ref) !== undefined;
  }

  /** Whether they are kept; then they stay for a while. */
  want(ref: VersionRef): boolean {
    const kept = this.#at(ref);
    if (kept) kept.wantedUntil = this.clock() + WANTED_MS;
    return kept !== undefined;
  }

  find(ref: VersionRef): PriceList | null {
    const kept = this.#at(ref);
    if (!kept) return null;
    kept.usedAt = ++this.#looks;
    return kept.prices;
  }

  /** The cards of which the prices of some version are kept. */
  get cards(): ReadonlySet<string> {
    return new Set(this.#kept.keys());
  }

  keep({ json, ...ref }: StoredPrices): void {
    if (this.has(ref)) return;
    const bytes = json.length * BYTES_PER_CHARACTER;
    const prices = readPrices(JSON.parse(json));
    const now = this.clock();
    const versions = this.#kept.get(ref.card) ?? new Map<number, Kept>();
    versions.set(ref.version, { ref, prices, bytes, wantedUntil: now + WANTED_MS, usedAt: ++this.#looks });
    this.#kept.set(ref.card, versions);
    this.#bytes += bytes;
    if (this.#bytes > this.bytesMax) this.#makeRoom(now);
  }

  #at({ card, version }: VersionRef): Kept | undefined {
    return this.#kept.get(card)?.get(version);
  }

  #makeRoom(now: number): void {
    const all = [...this.#kept.values()].flatMap((versions) => [...versions.values()]);
    for (const { ref, bytes, wantedUntil } of all.sort((a, b) => a.usedAt - b.usedAt)) {
      if (this.#bytes <= this.bytesMax) return;
      if (now < wantedUntil) continue;
      const versions = this.#kept.get(ref.card);
      versions?.delete(ref.version);
      if (versions?.size === 0) this.#kept.delete(ref.card);
      this.#bytes -= bytes;
    }
  }
}
