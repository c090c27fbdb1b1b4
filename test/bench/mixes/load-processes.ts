import { LoadProcess } from '../load/load-process.ts';
import type { Clients, Load, LoadResult } from '../load/load.ts';

export interface Job {
  readonly clients: Clients;
  readonly load: Load;
}

/** Load generators, each with one load and a process of its own, so that a large answer of one delays no other's clock. */
export class LoadProcesses {
  #processes: LoadProcess[] = [];

  /**
   * Puts all loads on at once.
   * @param beforeStart called when everything is prepared
   * @throws Error where one of them fails; then all are stopped.
   */
  async run(jobs: readonly Job[], beforeStart: () => Promise<unknown>): Promise<LoadResult[]> {
    while (this.#processes.length < jobs.length) this.#processes.push(new LoadProcess());
    const processes = this.#processes.slice(0, jobs.length);
    try {
      await Promise.all(processes.map(async (process, index) => prepare(process, jobs[index])));
      await beforeStart();
      const results = await Promise.all(processes.map((process) => process.run()));
      await Promise.all(processes.map((process) => process.disconnect()));
      return results;
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const processes = this.#processes;
    this.#processes = [];
    await Promise.all(processes.map((process) => process.stop()));
  }
}

async function prepare(process: LoadProcess, job: Job | undefined): Promise<void> {
  if (job) await process.prepare(job.clients, job.load);
}
