import { isByValue, type Changes, type Counter, type Counters } from '#ledger';

/** How many windows by value are remembered: about half a kilobyte each. */
const WINDOWS_MAX = 50_000;

/**
 * Which windows by value are cached, of all accounts together. They have a bound of their own: an account with a million users pushes
 * out neither other accounts nor itself, only the users that were seen longest ago.
 */
export class CachedWindows {
  /** The last batch that has changed each, in the order of use. */
  private readonly lastBatches = new Map<Counter, number>();

  constructor(private readonly max = WINDOWS_MAX) {}

  get size(): number {
    return this.lastBatches.size;
  }

  /** One that was read, or decided by a batch that has ended. */
  learn(window: Counter): void {
    this.use(window, 0);
  }

  /** Takes in what decisions of a batch have made and changed. */
  follow({ created, updated }: Changes['counters'], batch: number): void {
    for (const windows of [created, updated]) {
      for (const window of windows) if (isByValue(window)) this.use(window, batch);
    }
  }

  forget(window: Counter): void {
    this.lastBatches.delete(window);
  }

  forgetAllOf(counters: Counters): void {
    for (const window of counters.byValue()) this.forget(window);
  }

  /**
   * Those to be dropped, because there are too many.
   *
   * @param ended the last batch of which every reading under way sees what it has left: a window that a later one has changed can't be read anew yet
   */
  trim(ended: number): readonly Counter[] {
    const dropped: Counter[] = [];
    for (const [window, lastBatch] of this.lastBatches) {
      if (this.size <= this.max || lastBatch > ended) break;
      this.forget(window);
      dropped.push(window);
    }
    return dropped;
  }

  /** Last in the map is what was used last, and the last to be dropped. */
  private use(window: Counter, batch: number): void {
    this.lastBatches.delete(window);
    this.lastBatches.set(window, batch);
  }
}
