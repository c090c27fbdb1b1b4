/** An open hold and the instant at which it expires, by the account's clock, in milliseconds since 1970. */
export interface HoldExpiry {
  readonly id: string;
  readonly at: number;
}

/** With fewer closed or moved holds than this, nothing is gained by throwing their entries away. */
const COMPACT_FROM = 16;
/** Above twice as many entries only so many, the earliest, are kept: each costs the garbage collector time. */
const KNOWN_MAX = 2048;

/**
 * When the open holds of an account expire. An account may have a hundred thousand of them, so only the earliest are read
 * and remembered: every hold that expires before the *horizon* is known, and there may be later ones that aren't.
 *
 * A binary heap finds the earliest. A hold that is closed or moved leaves its entry in the heap, which is dropped when it
 * comes to the top; so both cost no more than adding one. The heap is two arrays rather than one of objects, because tens
 * of thousands of accounts are cached.
 */
export class HoldExpiries {
  /** No entry expires before its parent, at `(index - 1) >> 1`. */
  private ids: string[] = [];
  private ats: number[] = [];
  /** When holds that were closed or moved expire now, `null` where they are closed. Other entries of theirs are stale. */
  private changed: Map<string, number | null> | null = null;
  /** How many entries may be stale. */
  private changes = 0;
  /** The expiry of the earliest that is known, `Infinity` for none; `null` where it has to be looked for. */
  private next: number | null = null;

  private constructor(
    first: readonly HoldExpiry[],
    private horizon: number,
  ) {
    this.set(first);
  }

  /**
   * @param first the holds that expire first, in that order
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
    if (at <= this.horizon) this.push(id, at);
    if (this.ids.length > 2 * KNOWN_MAX) this.compact();
  }

  /** Notes that a hold expires at another time than before, also one that was beyond the horizon. */
  move(id: string, at: number): void {
    this.change(id, at);
    this.add(id, at);
  }

  /** Notes that a hold is closed. */
  remove(id: string): void {
    this.change(id, null);
  }

  /**
   * No open hold expires before this instant; `null` where there is no open hold. It is when the next one expires, unless
   * that one is beyond the horizon: then it is the horizon, see {@link isExact}.
   */
  earliest(): number | null {
    const earliest = Math.min(this.earliestKnown(), this.horizon);
    return earliest === Number.POSITIVE_INFINITY ? null : earliest;
  }

  /** The same of all holds but one, which most often isn't the next to expire. */
  withoutHold(id: string): Pick<HoldExpiries, 'earliest' | 'isExact'> {
    if (this.earliestKnown() === Number.POSITIVE_INFINITY || this.ids[0] !== id) return this;
    const others = this.ids.flatMap((one, index) => {
      const at = this.ats[index] ?? 0;
      return one === id || this.isStale(one, at) ? [] : [{ id: one, at }];
    });
    return HoldExpiries.of(
      others.sort((a, b) => a.at - b.at),
      this.horizon,
    );
  }

  /** Whether {@link earliest} is the very instant at which the next hold expires, and not only a bound. */
  isExact(): boolean {
    return this.earliestKnown() <= this.horizon;
  }

  private earliestKnown(): number {
    return (this.next ??= this.findEarliest());
  }

  private findEarliest(): number {
    for (;;) {
      const id = this.ids[0];
      const at = this.ats[0];
      if (id === undefined || at === undefined) return Number.POSITIVE_INFINITY;
      if (!this.isStale(id, at)) return at;
      this.pop();
    }
  }

  private isStale(id: string, at: number): boolean {
    const current = this.changed?.get(id);
    return current !== undefined && current !== at;
  }

  private change(id: string, at: number | null): void {
    this.changed ??= new Map();
    this.next = null;
    this.changed.set(id, at);
    this.changes += 1;
    // Stale entries are kept to as many as there are others, so that the heap is bounded by the open holds.
    if (this.changes > Math.max(COMPACT_FROM, this.ids.length >> 1)) this.compact();
  }

  /** Throws stale entries away, and the latest of the others where they are many. */
  private compact(): void {
    const open = new Map<string, number>();
    for (const [index, id] of this.ids.entries()) {
      const at = this.ats[index] ?? 0;
      if (!this.isStale(id, at)) open.set(id, at);
    }
    const all = Array.from(open, ([id, at]) => ({ id, at })).sort((a, b) => a.at - b.at);
    const kept = all.slice(0, KNOWN_MAX);
    if (kept.length < all.length) this.horizon = kept.at(-1)?.at ?? this.horizon;
    this.set(kept);
  }

  /** A sorted list is a heap. */
  private set(holds: readonly HoldExpiry[]): void {
    this.ids = holds.map(({ id }) => id);
    this.ats = holds.map(({ at }) => at);
    this.changed = null;
    this.changes = 0;
    this.next = null;
  }

  private push(id: string, at: number): void {
    if (this.changed?.has(id)) this.changed.set(id, at);
    if (this.next !== null && at < this.next) this.next = at;
    let index = this.ats.length;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if ((this.ats[above] ?? 0) <= at) break;
      this.place(index, above);
      index = above;
    }
    this.ids[index] = id;
    this.ats[index] = at;
  }

  /** Drops the earliest entry; the last one sinks from its place to where it belongs. */
  private pop(): void {
    const id = this.ids.pop();
    const at = this.ats.pop();
    if (id === undefined || at === undefined || this.ids.length === 0) return;
    let index = 0;
    for (;;) {
      const child = this.earlierChild(index);
      if (at <= (this.ats[child] ?? Number.POSITIVE_INFINITY)) break;
      this.place(index, child);
      index = child;
    }
    this.ids[index] = id;
    this.ats[index] = at;
  }

  private earlierChild(index: number): number {
    const left = 2 * index + 1;
    const [a, b] = [this.ats[left], this.ats[left + 1]];
    return a !== undefined && b !== undefined && b < a ? left + 1 : left;
  }

  /** Copies an entry from one index to another. */
  private place(to: number, from: number): void {
    this.ids[to] = this.ids[from] ?? '';
    this.ats[to] = this.ats[from] ?? 0;
  }
}
