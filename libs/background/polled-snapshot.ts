import { Repeater } from './repeater.ts';

export interface PolledSnapshotOptions<T> {
  /** Its loading, as the subject of a sentence: `The look-up of API keys`. */
  readonly title: string;
  readonly everyMs: number;
  /** @param last what was loaded before, to be returned as it is where nothing has changed */
  readonly load: (last: T | null) => Promise<T>;
  readonly log: (line: string) => void;
}

/**
 * A small table in memory, kept up to date by looking again and again, one look at a time. While the table can't be read,
 * what was read last goes on.
 */
export class PolledSnapshot<T> {
  readonly #repeater: Repeater;
  #value: T;
  #loadedAt = performance.now();

  private constructor(first: T, { title, everyMs, load, log }: PolledSnapshotOptions<T>) {
    this.#value = first;
    const task = async (): Promise<boolean> => {
      this.#value = await load(this.#value);
      this.#loadedAt = performance.now();
      return false;
    };
    this.#repeater = new Repeater({ title, everyMs, retryMs: everyMs, task, log });
  }

  /** Loads it, and follows its changes until it is closed. @throws what `load` throws the first time */
  static async open<T>(options: PolledSnapshotOptions<T>): Promise<PolledSnapshot<T>> {
    const snapshot = new PolledSnapshot(await options.load(null), options);
    snapshot.#repeater.start(options.everyMs);
    return snapshot;
  }

  get value(): T {
    return this.#value;
  }

  /** When it was loaded last, by `performance.now()`. */
  get loadedAt(): number {
    return this.#loadedAt;
  }

  /** After a change was made here: this process knows it when this resolves. If the look fails, the next one finds it. */
  noticeChange(): Promise<void> {
    return this.#repeater.runNow();
  }

  /** Waits for the look that is under way. */
  close(): Promise<void> {
    return this.#repeater.stop();
  }
}
