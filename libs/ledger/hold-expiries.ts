/** An open hold and the instant at which it expires, by the account's clock, in milliseconds since 1970. */
export interface HoldExpiry {
  readonly id: string;
  readonly at: number;
}

/** Below this many entries nothing is gained by throwing stale ones away. */
const COMPACT_FROM = 16;
/** Of more, the earlier half is kept. All that are remembered cost the garbage collector time. */
const KNOWN_MAX = 4096;

/**
 * When the open holds of an account expire. An account may have a hundred thousand of them, so only the earliest are read
 * and remembered: every hold that expires before the *horizon* is known, and there may be later ones that aren't.
 *
 * A binary heap finds the earliest. A hold that is removed or moved leaves its entry in the heap, which is dropped when it
 * comes to the top; so both cost no more than adding one.
 */
export class HoldExpiries {
  private readonly known = new Map<string, number>();
  /** No entry expires before its parent, at `(index - 1) >> 1`. One that `known` doesn't confirm is stale. */
  private heap: HoldExpiry[];

  private constructor(
    first: readonly HoldExpiry[],
    private horizon: number,
  ) {
    for (const { id, at } of first) this.known.set(id, at);
    this.heap = this.sorted();
  }

  /**
   * @param first the holds that expire first
   * @param horizon `Infinity` where these are all open holds, otherwise the expiry of the last of them
   */
  static of(first: readonly HoldExpiry[], horizon: number): HoldExpiries {
    return new HoldExpiries(first, horizon);
  }

  static none(): HoldExpiries {
    return new HoldExpiries([], Number.POSITIVE_INFINITY);
  }

  /** Notes a hold that has been opened. */
  add(id: string, at: number): void {
    if (at > this.horizon) {
      this.remove(id);
      return;
    }
    this.known.set(id, at);
    this.push({ id, at });
    if (this.known.size > KNOWN_MAX) this.forgetLater();
    this.compact();
  }

  /** Notes that a hold expires at another time than before, also one that was beyond the horizon. */
  move(id: string, at: number): void {
    if (this.known.get(id) !== at) this.add(id, at);
  }

  /** Notes that a hold is closed. */
  remove(id: string): void {
    this.known.delete(id);
    this.compact();
  }

  /**
   * No open hold expires before this instant; `null` where there is no open hold. It is when the next one expires, unless
   * that one is beyond the horizon: then it is the horizon, see {@link isExact}.
   */
  earliest(): number | null {
    const earliest = Math.min(this.earliestKnown(), this.horizon);
    return earliest === Number.POSITIVE_INFINITY ? null : earliest;
  }

  /** Whether {@link earliest} is the very instant at which the next hold expires, and not only a bound. */
  isExact(): boolean {
    return this.earliestKnown() <= this.horizon;
  }

  private earliestKnown(): number {
    for (;;) {
      const [top] = this.heap;
      if (!top) return Number.POSITIVE_INFINITY;
      if (this.known.get(top.id) === top.at) return top.at;
      this.pop();
    }
  }

  /** Keeps the earlier half of what is known. */
  private forgetLater(): void {
    const all = this.sorted();
    this.heap = all.slice(0, KNOWN_MAX / 2);
    for (const { id } of all.slice(KNOWN_MAX / 2)) this.known.delete(id);
    this.horizon = this.heap.at(-1)?.at ?? this.horizon;
  }

  /** Keeps stale entries to as many as there are others, so that the heap is bounded by the open holds. */
  private compact(): void {
    if (this.heap.length > Math.max(COMPACT_FROM, 2 * this.known.size)) this.heap = this.sorted();
  }

  /** What is known, as a heap: a sorted list is one. */
  private sorted(): HoldExpiry[] {
    return Array.from(this.known, ([id, at]) => ({ id, at })).sort((a, b) => a.at - b.at);
  }

  private push(entry: HoldExpiry): void {
    let index = this.heap.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.heap[above];
      if (!parent || parent.at <= entry.at) break;
      this.heap[index] = parent;
      index = above;
    }
    this.heap[index] = entry;
  }

  /** Drops the earliest entry; the last one sinks from its place to where it belongs. */
  private pop(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.earlierChild(index);
      const entry = this.heap[child];
      if (!entry || last.at <= entry.at) break;
      this.heap[index] = entry;
      index = child;
    }
    this.heap[index] = last;
  }

  private earlierChild(index: number): number {
    const left = 2 * index + 1;
    const [a, b] = [this.heap[left], this.heap[left + 1]];
    return a && b && b.at < a.at ? left + 1 : left;
  }
}
