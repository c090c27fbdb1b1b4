import { readFile } from 'node:fs/promises';

const EVERY_MS = 200;

/** Watches how much memory a process has, from its making until its end. */
export class MemoryWatch implements Disposable {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #max: number | null = null;
  #failure: unknown = null;

  constructor(pid: number) {
    this.#pid = pid;
    const look = (): void => {
      this.#look().catch((error: unknown) => (this.#failure = error));
    };
    look();
    this.#timer = setInterval(look, EVERY_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** @returns the most that was resident, in MiB; `null` where the system has no /proc. */
  async max(): Promise<number | null> {
    await this.#look();
    if (this.#failure !== null) throw new Error('the memory could not be watched', { cause: this.#failure });
    return this.#max;
  }

  async #look(): Promise<void> {
    const resident = await residentMib(this.#pid);
    if (resident !== null) this.#max = Math.max(this.#max ?? 0, resident);
  }
}

async function residentMib(pid: number): Promise<number | null> {
  let status;
  try {
    status = await readFile(`/proc/${pid}/status`, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return kib === undefined ? null : Number(kib) / 1024;
}
