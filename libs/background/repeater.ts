export interface RepeaterOptions {
  /** What it does, as the subject of a sentence: `The relay of events`. */
  readonly title: string;
  /** From the end of a run to the start of the next. */
  readonly everyMs: number;
  /** The same after a run that failed; a second where it isn't given. */
  readonly retryMs?: number | undefined;
  /** @returns whether there is more to do, which is then done soon */
  readonly task: () => Promise<boolean>;
  readonly log: (line: string) => void;
  /** Where failures are logged; `log` where it isn't given. */
  readonly logFailure?: (line: string) => void;
}

const SOON_MS = 100;
const RETRY_MS = 1_000;
/** A failure that goes on is logged again about every hour: what was logged weeks ago nobody finds. */
const LOG_AGAIN_MS = 59 * 60 * 1000;

/**
 * Runs a task again and again, never twice at the same time. A failure does no harm: it is logged once and then once an hour,
 * however often the task fails, and so is the first success after it.
 */
export class Repeater {
  readonly #options: RepeaterOptions;
  #isFailing = false;
  #failureLoggedAt = Number.NEGATIVE_INFINITY;
  #isStarted = false;
  #isStopping = false;
  /** Resolved when the next run has ended. */
  #waiting: (() => void)[] = [];
  #endPause: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RepeaterOptions) {
    this.#options = options;
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  /** @param afterMs when to run the task for the first time */
  start(afterMs = 0): void {
    this.#isStarted = true;
    this.#running = this.#repeat(afterMs);
  }

  /**
   * Runs the task now instead of at its time; once more where it is under way.
   * @returns resolves when that run has ended, whether or not it failed; at once where the repeater isn't running
   */
  runNow(): Promise<void> {
    if (!this.#isStarted || this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#endPause();
    });
  }

  /** Waits for the run that is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endPause();
    await this.#running;
  }

  async #repeat(afterMs: number): Promise<void> {
    if (afterMs > 0) await this.#pause(afterMs);
    while (!this.#isStopping) {
      // Whoever asks from here on wants a run that begins later.
      const waiting = this.#waiting;
      this.#waiting = [];
      const pauseMs = await this.#run();
      for (const resolve of waiting) resolve();
      await this.#pause(pauseMs);
    }
    for (const resolve of this.#waiting) resolve();
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#waiting.length > 0 || this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns how long to wait for the next run */
  async #run(): Promise<number> {
    const { title, everyMs, retryMs = RETRY_MS, task, log, logFailure = log } = this.#options;
    try {
      const isMore = await task();
      if (this.#isFailing) log(`${title} works again.`);
      this.#isFailing = false;
      return isMore ? Math.min(SOON_MS, everyMs) : everyMs;
    } catch (error) {
      const now = performance.now();
      if (!this.#isFailing || now - this.#failureLoggedAt >= LOG_AGAIN_MS) {
        logFailure(`${title} failed, and is tried again until it works: ${String(error)}`);
        this.#failureLoggedAt = now;
      }
      this.#isFailing = true;
      return retryMs;
    }
  }
}
