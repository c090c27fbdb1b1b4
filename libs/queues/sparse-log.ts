const PAUSE_MS = 10_000;

/** Tells of faults that may come by the thousand: one line, and in the next ten seconds only how many there were. */
export class SparseLog {
  readonly #log: (line: string) => void;
  #untold = 0;
  #pausedUntil = 0;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  tell(line: string, now = Date.now()): void {
    if (now < this.#pausedUntil) {
      this.#untold += 1;
      return;
    }
    this.#log(this.#untold === 0 ? line : `${line} (and ${String(this.#untold)} times something like it before)`);
    this.#untold = 0;
    this.#pausedUntil = now + PAUSE_MS;
  }
}
