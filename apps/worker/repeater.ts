export interface RepeaterOptions {
  /** What it does, as the subject of a sentence: `The relay`. */
  readonly name: string;
  readonly everyMs: number;
  /** @returns true where there is more to do, which is then done soon */
  readonly task: () => Promise<boolean>;
  readonly log: (line: string) => void;
}

const SOON_MS = 100;
const AFTER_FAILURE_MS = 1_000;

/**
 * Does something at once, and then again and again, never twice at the same time. That it fails is told once, and once that
 * it works again.
 */
export class Repeater {
  readonly #options: RepeaterOptions;
  #isFailing = false;
  #isStopping = false;
  #isHurried = false;
  #endPause: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: RepeaterOptions) {
    this.#options = options;
  }

  get isFailing(): boolean {
    return this.#isFailing;
  }

  start(): void {
    this.#running = this.#repeat();
  }

  /** Does it now instead of at its time; once more where it is under way. */
  hurry(): void {
    this.#isHurried = true;
    this.#endPause();
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#endPause();
    await this.#running;
  }

  async #repeat(): Promise<void> {
    while (!this.#isStopping) {
      this.#isHurried = false;
      await this.#pause(await this.#doIt());
    }
  }

  #pause(milliseconds: number): Promise<void> {
    if (this.#isHurried || this.#isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** @returns how long to wait for the next time */
  async #doIt(): Promise<number> {
    const { name, everyMs, task, log } = this.#options;
    try {
      const isMore = await task();
      if (this.#isFailing) log(`${name} works again.`);
      this.#isFailing = false;
      return isMore ? Math.min(SOON_MS, everyMs) : everyMs;
    } catch (error) {
      if (!this.#isFailing) log(`${name} failed, and is tried again until it works: ${String(error)}`);
      this.#isFailing = true;
      return Math.min(AFTER_FAILURE_MS, everyMs * 10);
    }
  }
}
