import { setTimeout as sleep } from 'node:timers/promises';
import { SparseLog } from './sparse-log.ts';

export interface OutageOptions {
  /** Asks whether the backend is there; rejects where it isn't. */
  readonly probe: () => Promise<unknown>;
  /** What is away, e.g. `Redis`. */
  readonly name: string;
  readonly log: (line: string) => void;
}

const PROBE_EVERY_MS = 500;
const PROBE_MS_MAX = 2_000;

/**
 * Whether the backend of the queues is away. No error is judged by its text: whatever goes wrong, the backend is asked
 * whether it is there, and asked again until it is. That it is away is told once, and once that it is back.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #faults: SparseLog;
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  #isAway = false;
  #watch: Promise<void> | null = null;

  constructor(options: OutageOptions) {
    this.#options = options;
    this.#faults = new SparseLog(options.log);
  }

  get isAway(): boolean {
    return this.#isAway;
  }

  /** Something went wrong: find out whether the backend is away. */
  suspect(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#watch ??= this.#watchUntilBack(error).finally(() => (this.#watch = null));
  }

  /** Called whenever something had gone wrong and the backend is there: jobs may have been lost. */
  onBack(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watch;
  }

  async #watchUntilBack(error: unknown): Promise<void> {
    const { name, log } = this.#options;
    while (!(await this.#isThere())) {
      if (this.#stopping.signal.aborted) return;
      if (!this.#isAway) log(`${name} is away, so queued jobs wait until it is back: ${String(error)}`);
      this.#isAway = true;
      await sleep(PROBE_EVERY_MS, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
    }
    if (this.#isAway) log(`${name} is back: queued jobs go on.`);
    else this.#faults.tell(`A queue on ${name} reports a fault, and goes on: ${String(error)}`);
    this.#isAway = false;
    for (const listener of this.#listeners) listener();
  }

  async #isThere(): Promise<boolean> {
    try {
      await within(PROBE_MS_MAX, this.#options.probe());
      return true;
    } catch {
      // Why it doesn't answer was told with the error that raised the suspicion.
      return false;
    }
  }
}

/** The answer if it comes in time. What has been asked goes on: a wake-up call that comes late does no harm. */
export async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${String(milliseconds)} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
    // Whichever of the two loses has nobody left who waits for it.
    void Promise.allSettled([answer, late]);
  }
}
