import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stalls } from './stalls/stalls.ts';

const WATCH_STALLS = fileURLToPath(new URL('stalls/watch-stalls.ts', import.meta.url));
const STOP_MS_MAX = 20_000;

/** A service in a process of its own, whose output says `ready on <url>`. */
export class ServiceProcess {
  readonly url: string;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number, url: string) {
    this.#child = child;
    this.pid = pid;
    this.url = url;
  }

  /**
   * @param command what Node runs: a file and its arguments.
   * @param environment all it gets beside the path; nothing that is set outside changes a measurement.
   * @param watchesStalls whether it can be asked for its {@link stalls}
   * @throws Error with all it said where it ends before it is ready.
   */
  static async start(
    command: readonly string[],
    environment: Readonly<Record<string, string>>,
    { watchesStalls = false }: { readonly watchesStalls?: boolean } = {},
  ): Promise<ServiceProcess> {
    const watch = watchesStalls ? ['--import', WATCH_STALLS] : [];
    const child = spawn(process.execPath, [...watch, ...command], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(watchesStalls ? (['ipc'] as const) : [])],
      // In a process group of its own, Ctrl-C reaches the bench alone, which then stops this one in order.
      detached: true,
    });
    const kill = (): boolean => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    const url = await readyUrl(child);
    if (child.pid === undefined) throw new Error('a service that is ready has a pid');
    return new ServiceProcess(child, child.pid, url);
  }

  /** What has stalled it since this was last asked. */
  async stalls(): Promise<Stalls> {
    const { promise, resolve, reject } = Promise.withResolvers<Stalls>();
    const onExit = (): void => reject(new Error('the service has ended'));
    this.#child.once('message', resolve).once('exit', onExit);
    this.#child.send('stalls');
    try {
      return await promise;
    } finally {
      this.#child.off('message', resolve).off('exit', onExit);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const lastResort = setTimeout(() => this.#child.kill('SIGKILL'), STOP_MS_MAX);
    await exited;
    clearTimeout(lastResort);
  }
}

/** Whatever it says later is passed on: a service that is ready and wasn't stopped speaks only when something is wrong. */
function readyUrl(child: ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const first: string[] = [];
  let isReady = false;
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      const [, url] = /^ready on (http:\S+)/.exec(line) ?? [];
      if (isReady && !child.killed) process.stderr.write(`service: ${line}\n`);
      else first.push(line);
      if (url === undefined) return;
      isReady = true;
      resolve(url);
    });
  }
  child.once('error', reject);
  child.once('close', () => reject(new Error(`A service ended before it was ready:\n${first.join('\n')}`)));
  return promise;
}
