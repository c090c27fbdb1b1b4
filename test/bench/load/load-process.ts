import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Clients, Load, LoadResult } from './load.ts';
import type { LoadReply, LoadRequest } from './messages.ts';

/** The load generator, in a process of its own: its event loop must not share the service's. */
export class LoadProcess {
  readonly #child: ChildProcess;

  constructor() {
    // In a process group of its own, Ctrl-C reaches the bench alone, which then ends this one.
    this.#child = fork(fileURLToPath(new URL('generate.ts', import.meta.url)), { detached: true });
  }

  /** Opens the connections of a load, and makes what it needs. */
  async prepare(clients: Clients, load: Load): Promise<void> {
    await this.#ask({ do: 'prepare', clients, load });
  }

  /** Runs what was prepared. @throws Error where an answer was another than expected. */
  async run(): Promise<LoadResult> {
    const result = await this.#ask({ do: 'run' });
    if (!result) throw new Error('the load process ran nothing');
    return result;
  }

  async disconnect(): Promise<void> {
    await this.#ask({ do: 'disconnect' });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  async #ask(request: LoadRequest): Promise<LoadResult | null> {
    const { promise, resolve, reject } = Promise.withResolvers<LoadReply>();
    const onExit = (): void => reject(new Error('the load process has ended'));
    this.#child.once('message', resolve).once('exit', onExit);
    this.#child.send(request);
    try {
      const reply = await promise;
      if (!reply.ok) throw new Error(reply.problem);
      return reply.result;
    } finally {
      this.#child.off('message', resolve).off('exit', onExit);
    }
  }
}
