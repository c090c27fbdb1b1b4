import { type Amount, ZERO } from '#amounts';
import type { AccountKey } from './ids.ts';

/**
 * What a counter is of: a quantity that prices count, what is spent under a budget, what is spent of an account's share of a limit
 * over many accounts, how fast something goes on, or what the account's rule has bought.
 */
export type CounterKind = 'quantity' | 'budget' | 'share' | 'pace' | 'topup';

/** One window of a counter: how much of something an account has used within it. A window that has no row is one of zeros. */
export interface Counter {
  readonly accountKey: AccountKey;
  /** A UUID that stands for what is counted. */
  readonly counter: string;
  readonly kind: CounterKind;
  /** The name of the budget or rule that counts, or what is counted of top-ups; `null` for other kinds. */
  readonly name: string | null;
  /** The value that has a window of its own; `null` where all values share one. */
  readonly value: string | null;
  /** Milliseconds since 1970; it belongs to the window. */
  readonly windowStart: number;
  /** It doesn't belong to the window. `null`: the window never ends. */
  readonly windowEnd: number | null;
  /** What authorizations that were made in the window have used, also after its end. */
  used: Amount;
  /** What open ones may still use. */
  reserved: Amount;
  /** Used beyond what is granted: what commits took beyond their holds. */
  overrun: Amount;
  /** The most that requests may use and reserve; `null` where there is no limit. */
  granted: Amount | null;
  /** Of a share: the number of the last lease that it took, or that it doesn't take any more. `null` of other kinds. */
  lease: number | null;
  /** The highest threshold that an alert was sent for, in percent; `null` where none was. */
  alerted: number | null;
  /** Whether an alert was sent that more than its limit was used. */
  exceeded: boolean;
  /** Whether it is loaded with its account. Once closed it is loaded only with an authorization that was made in the window. */
  open: boolean;
}

/** What one authorization counts for in a window of a counter. */
export interface Reservation {
  /**
   * Of `spending`, it reserves what is held, and has used what was committed less refunds. Of a `pace`, it reserves nothing, and has
   * used what it counts for.
   */
  readonly of: 'quantity' | 'spending' | 'pace';
  readonly counter: string;
  readonly windowStart: number;
  /** Still reserved. */
  readonly amount: Amount;
  /** What it has used. */
  readonly used: Amount;
  /**
   * What had been used of the counter when this authorization first used some: where its price begins. `null` of spending, which
   * no price is of. Of a pace: where it stood before.
   */
  readonly first: Amount | null;
}

/** Which counter, and which stretch of time. */
export type CounterWindow = Pick<Counter, 'accountKey' | 'counter' | 'windowStart' | 'windowEnd'>;

/**
 * Whether the window belongs to one value of a tag or the like. An account may have millions of those, so they are never loaded with
 * it, but by their keys. `open` says nothing about them.
 */
export function isByValue({ value }: Pick<Counter, 'value'>): boolean {
  return value !== null;
}

const NONE: readonly Counter[] = [];

/**
 * The windows of an account's counters that are known: all that are open, those that authorizations at hand belong to, and of those by
 * value whichever were asked for lately.
 */
export class Counters {
  /** By counter, in the order of time. `null` as long as there are none, as in most accounts. */
  private windows: Map<string, readonly Counter[]> | null = null;
  /** The same of windows by value. */
  private windowsByValue: Map<string, readonly Counter[]> | null = null;
  private count = 0;

  static of(counters: readonly Counter[]): Counters {
    const all = new Counters();
    for (const counter of counters) all.add(counter);
    return all;
  }

  static none(): Counters {
    return new Counters();
  }

  /** How many windows there are, without those by value. */
  get size(): number {
    return this.count;
  }

  /** The windows of one counter, the first one first. */
  windowsOf(counter: string): readonly Counter[] {
    return this.windows?.get(counter) ?? this.windowsByValue?.get(counter) ?? NONE;
  }

  /** The window of a counter that an instant belongs to. */
  at(counter: string, at: number): Counter | undefined {
    return this.windowsOf(counter).findLast(
      ({ windowStart, windowEnd }) => windowStart <= at && (windowEnd === null || at < windowEnd),
    );
  }

  startingAt(counter: string, windowStart: number): Counter | undefined {
    return this.windowsOf(counter).find((window) => window.windowStart === windowStart);
  }

  /** All but those by value. */
  all(): Counter[] {
    return this.windows === null ? [] : [...this.windows.values()].flat();
  }

  byValue(): Counter[] {
    return this.windowsByValue === null ? [] : [...this.windowsByValue.values()].flat();
  }

  /** Adds a window that isn't there yet. */
  add(window: Counter): void {
    const others = this.windowsOf(window.counter);
    // A value's first window is nearly always its only one.
    const all = others.length === 0 ? [window] : [...others, window].sort((a, b) => a.windowStart - b.windowStart);
    this.set(window, all);
    if (!isByValue(window)) this.count += 1;
  }

  /** Takes a window out: one that was never written, or one by value that needn't be known any more. */
  discard(window: Counter): void {
    this.set(
      window,
      this.windowsOf(window.counter).filter((one) => one !== window),
    );
    if (!isByValue(window)) this.count -= 1;
  }

  /** Takes over what was known by value before the account was loaded anew. What was loaded goes first. */
  takeOverByValue(earlier: Counters): void {
    const loaded = this.byValue();
    this.windowsByValue = earlier.windowsByValue;
    for (const window of loaded) {
      const before = this.startingAt(window.counter, window.windowStart);
      if (before) this.discard(before);
      this.add(window);
    }
  }

  private set(window: Counter, all: readonly Counter[]): void {
    const windows = isByValue(window) ? (this.windowsByValue ??= new Map()) : (this.windows ??= new Map());
    if (all.length === 0) windows.delete(window.counter);
    else windows.set(window.counter, all);
  }
}

/** What is left of reservations when nothing is reserved any more. */
export function withoutReserved(reservations: readonly Reservation[]): readonly Reservation[] {
  return reservations.map((one) => (one.amount.isZero() ? one : { ...one, amount: ZERO }));
}
