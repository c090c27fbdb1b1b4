/** For stopping itself, beside the time that it goes on answering. */
const STOP_SECONDS = 30;
/** npm passes Ctrl-C on to a process that got it from the terminal already; that is still the first signal. */
const REPEAT_AFTER_MS = 1_000;

/**
 * The operator's request to stop, by SIGINT or SIGTERM. From the first signal on the process goes on answering for as long as
 * it is configured to, and then has 30 s to end by itself; after that, or at a second signal, it is ended at once. The embedded
 * Postgres shuts down properly even so.
 */
export class StopRequest {
  readonly requested: Promise<void>;
  #resolve: () => void = () => {};
  #requestedAt: number | null = null;

  readonly #secondsMax: number;

  constructor({ drainSeconds }: { readonly drainSeconds: number }) {
    this.#secondsMax = drainSeconds + STOP_SECONDS;
    this.requested = new Promise((resolve) => (this.#resolve = resolve));
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.#receive());
  }

  get isRequested(): boolean {
    return this.#requestedAt !== null;
  }

  #receive(): void {
    if (this.#requestedAt === null) {
      this.#requestedAt = Date.now();
      console.log('stopping: finishing the requests under way (again to stop at once)');
      const cutShort = (): never => end(`Stopping took more than ${this.#secondsMax} s, so it was cut short.`);
      setTimeout(cutShort, this.#secondsMax * 1000).unref();
      this.#resolve();
    } else if (Date.now() - this.#requestedAt > REPEAT_AFTER_MS) {
      end('Stopped at once, as asked.');
    }
  }
}

function end(reason: string): never {
  console.error(reason);
  process.exit(1);
}
