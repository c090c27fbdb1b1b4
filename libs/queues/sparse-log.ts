const PAUSE_MS = 10_000;

/** For faults that may come by the thousand: one line, and of the next ten seconds only how many there were. */
export class SparseLog {
  readonly #write: (line: string) => void;
  #leftOut = 0;
  #pausedUntil = 0;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  log(line: string, now = Date.now()): void {
    if (now < this.#pausedUntil) {
      this.#leftOut += 1;
      return;
    }
    this.#write(this.#leftOut === 0 ? line : `${line} (and ${String(this.#leftOut)} times something like it before)`);
    this.#leftOut = 0;
    this.#pausedUntil = now + PAUSE_MS;
  }
}
