import { SingleFlight } from '#background';
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
/** Of connections that are cut one after the other, the first to fail must not be followed by a question on one of the others. */
const SETTLE_MS = 200;
const PROBE_MS_MAX = 2_000;

/**
 * Whether the backend of the queues is away. No error is judged by its text: whatever goes wrong, the backend is asked
 * whether it is there, and asked again until it is. That it is away is logged once, and once that it is back.
 */
export class Outage {
  readonly #options: OutageOptions;
  readonly #faults: SparseLog;
  readonly #listeners = new Set<() => void>();
  readonly #stopping = new AbortController();
  readonly #watch = new SingleFlight<void>();
  #isAway = false;

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
    void this.#watch.run(() => this.#watchUntilBack(error));
  }

  /** The backend is there, but has lost jobs. */
  jobsLost(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Called whenever something had gone wrong and the backend is there: jobs may have been lost. */
  onBack(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watch.settled();
  }

  async #watchUntilBack(error: unknown): Promise<void> {
    const { name, log } = this.#options;
    await this.#pause(SETTLE_MS);
    while (!(await this.#isThere())) {
      if (this.#stopping.signal.aborted) return;
      if (!this.#isAway) log(`${name} is away, so queued jobs wait until it is back: ${String(error)}`);
      this.#isAway = true;
      await this.#pause(PROBE_EVERY_MS);
    }
    if (this.#stopping.signal.aborted) return;
    if (this.#isAway) log(`${name} is back: queued jobs go on.`);
    else this.#faults.log(`A queue on ${name} reports a fault, and goes on: ${String(error)}`);
    this.#isAway = false;
    this.jobsLost();
  }

  /** Ends early when this is stopped. */
  async #pause(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  async #isThere(): Promise<boolean> {
    try {
      await within(PROBE_MS_MAX, this.#options.probe());
      return true;
    } catch {
      // Why it doesn't answer was logged with the error that raised the suspicion.
      return false;
    }
  }
}

/** The answer if it comes in time. The question isn't called back: a wake-up call that comes late does no harm. */
export async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`no answer within ${String(milliseconds)} ms`);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    timer.abort();
    // Nobody waits for the later of the two any more.
    void Promise.allSettled([answer, late]);
  }
}
