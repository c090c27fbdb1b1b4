const TICK_MS = 5;
/** A tick that comes later than this comes late because other programs had the processor. */
const TICK_MS_MAX = 4 * TICK_MS;

/**
 * Measures how long something takes on a machine that others keep busy too: while this process, which runs the service, could
 * not go on, no time passes. Work that doesn't let the event loop go on isn't measured by it.
 */
export class Stopwatch implements Disposable {
  #ms = 0;
  #lastTickAt = performance.now();
  readonly #timer = setInterval(() => {
    const now = performance.now();
    this.#ms += Math.min(now - this.#lastTickAt, TICK_MS_MAX);
    this.#lastTickAt = now;
  }, TICK_MS);

  /** Milliseconds since it was made. */
  get ms(): number {
    return this.#ms;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
