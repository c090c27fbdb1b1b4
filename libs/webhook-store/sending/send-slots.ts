/** How many messages one process sends at once. */
export const SLOTS = 64;
/** How many of them go to one endpoint. All processes together send it no more. */
export const ENDPOINT_SLOTS = 8;
/** How many go to the endpoints of one account. */
const ACCOUNT_SLOTS = 16;
/** How many go to slow endpoints. */
const SLOW_SLOTS = 16;
/** An endpoint gets this part of the free slots at most, so the ones that are slow first don't take them all. */
const PART_OF_FREE = 1 / 4;

/** An endpoint is slow while its attempts take longer than this on average. */
const SLOW_MS = 4_000;
const WEIGHT_OF_LAST = 1 / 3;
/** Below this an average needs no memory. */
const FORGOTTEN_MS = 100;
const REMEMBERED_MAX = 10_000;

/** A slot that an attempt has until it is disposed of. */
export interface SendSlot extends Disposable {
  /**
   * Counts the slot towards the account that owns the endpoint; `null` where none does.
   * @returns whether the account may have one more
   */
  countFor(account: string | null): boolean;
  /** An attempt has ended: notes how long it took. */
  took(durationMs: number): void;
}

/**
 * The slots for sending that this process has, shared so that neither a slow endpoint nor an account with many endpoints takes
 * them from others. An endpoint that was turned away has no job any more: what waits for it is found by its state, see
 * `overdueDeliveries`.
 */
export class SendSlots {
  #inUse = 0;
  readonly #byEndpoint = new Map<string, number>();
  readonly #byAccount = new Map<string, number>();
  /** Of endpoints that aren't quick; the one measured last comes last. */
  readonly #averageMs = new Map<string, number>();
  readonly #turnedAway = new Set<string>();

  /** @returns `null` where the endpoint has all it may have now */
  reserve(endpoint: string): SendSlot | null {
    if (this.freeFor(endpoint) === 0) {
      this.#turnedAway.add(endpoint);
      return null;
    }
    let account: string | null = null;
    this.#inUse += 1;
    add(this.#byEndpoint, endpoint, 1);
    return {
      countFor: (owner) => {
        if (owner === null) return true;
        const isFree = this.#of(endpoint) <= ACCOUNT_SLOTS - (this.#byAccount.get(owner) ?? 0);
        if (isFree) add(this.#byAccount, (account = owner), 1);
        return isFree;
      },
      took: (durationMs) => this.#measure(endpoint, durationMs),
      [Symbol.dispose]: () => {
        this.#inUse -= 1;
        add(this.#byEndpoint, endpoint, -1);
        if (account !== null) add(this.#byAccount, account, -1);
      },
    };
  }

  /** How many more messages an endpoint may get now. */
  freeFor(endpoint: string): number {
    const free = SLOTS - this.#inUse;
    const shared = this.isSlow(endpoint) ? SLOW_SLOTS - this.#slowInUse() : free;
    const most = Math.min(this.mostFor(endpoint), Math.ceil(free * PART_OF_FREE));
    return Math.max(0, Math.min(most - this.#of(endpoint), shared));
  }

  /**
   * How many waiting deliveries of an endpoint to wake as one of its attempts has ended. Where slow endpoints take all their
   * slots it is others' turn: what waits for this one is overdue, and found among theirs.
   */
  toWake(endpoint: string): number {
    const isContended = this.isSlow(endpoint) && this.#slowInUse() >= SLOW_SLOTS - 1;
    return isContended ? 0 : this.freeFor(endpoint);
  }

  /** How many an endpoint may get at once, where nothing else is sent. */
  mostFor(endpoint: string): number {
    return this.isSlow(endpoint) ? 1 : ENDPOINT_SLOTS;
  }

  isSlow(endpoint: string): boolean {
    return (this.#averageMs.get(endpoint) ?? 0) > SLOW_MS;
  }

  /** Whether a delivery to this endpoint was turned away since this was last asked. */
  hasTurnedAway(endpoint: string): boolean {
    return this.#turnedAway.delete(endpoint);
  }

  #of(endpoint: string): number {
    return this.#byEndpoint.get(endpoint) ?? 0;
  }

  #slowInUse(): number {
    let sum = 0;
    for (const [endpoint, inUse] of this.#byEndpoint) if (this.isSlow(endpoint)) sum += inUse;
    return sum;
  }

  #measure(endpoint: string, durationMs: number): void {
    const before = this.#averageMs.get(endpoint) ?? 0;
    const averageMs = before + (durationMs - before) * WEIGHT_OF_LAST;
    this.#averageMs.delete(endpoint);
    if (averageMs > FORGOTTEN_MS) this.#averageMs.set(endpoint, averageMs);
    const [oldest] = this.#averageMs.keys();
    if (this.#averageMs.size > REMEMBERED_MAX && oldest !== undefined) this.#averageMs.delete(oldest);
  }
}

function add(counts: Map<string, number>, key: string, change: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
