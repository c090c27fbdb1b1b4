import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a task for all who ask, one run after the other and at most one in each interval. Whoever asks gets the result of a run
 * that starts after that, together with all who ask meanwhile: however many ask, the cost is bounded and no result is old.
 */
export class PacedFlight<T> {
  readonly #intervalMs: number;
  readonly #task: () => Promise<T>;
  #next: Promise<T> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(intervalMs: number, task: () => Promise<T>) {
    this.#intervalMs = intervalMs;
    this.#task = task;
  }

  /** The next run. */
  run(): Promise<T> {
    this.#next ??= this.#start();
    return this.#next;
  }

  async #start(): Promise<T> {
    await Promise.allSettled([this.#last]);
    // A timer drops fractions of its milliseconds, and counts from when its turn of the event loop began: it may end too soon.
    for (let pause = this.#pauseMs(); pause > 0; pause = this.#pauseMs()) await sleep(Math.ceil(pause));
    this.#next = null;
    this.#startedAt = performance.now();
    const run = this.#task();
    this.#last = run;
    return run;
  }

  #pauseMs(): number {
    return this.#startedAt + this.#intervalMs - performance.now();
  }
}
