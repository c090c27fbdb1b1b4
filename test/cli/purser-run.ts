import { spawn, type ChildProcess } from 'node:child_process';
import { build, root } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';

/** How a command ended, and all it wrote. */
export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Once per spec file, as it takes half a second to find that nothing has changed. */
let built: Promise<void> | null = null;

/** One run of the built command line, as a shell sees it. */
export class PurserRun {
  /** What it wrote so far. */
  out = '';
  err = '';
  /** Resolves when it has ended and all it wrote was read. */
  readonly ended: Promise<Ended>;
  readonly pid: number;
  private readonly child: ChildProcess;
  private hasEnded = false;

  private constructor(args: readonly string[], environment: Environment) {
    // What is set on this machine must not decide how a spec goes.
    const env = { PATH: process.env['PATH'], ...environment };
    const child = spawn(process.execPath, [`${root}/dist/apps/cli/main.js`, ...args], { cwd: root, env });
    child.stdin.end();
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.child = child;
    this.pid = child.pid ?? 0;
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        this.hasEnded = true;
        resolve({ code, out: this.out, err: this.err });
      });
    });
  }

  /** Starts `purser` with these arguments, built from what the sources are now. */
  static async start(args: readonly string[], environment: Environment = {}): Promise<PurserRun> {
    await (built ??= build());
    return new PurserRun(args, environment);
  }

  /** Waits until its standard output matches. @throws Error with all it wrote, where it ends before or takes too long */
  async writes(pattern: RegExp): Promise<RegExpExecArray> {
    let match = pattern.exec(this.out);
    await eventually(`purser writes ${pattern.source}`, () => {
      match = pattern.exec(this.out);
      return Promise.resolve(match !== null || this.hasEnded);
    });
    if (match) return match;
    throw new Error(`purser ended without writing ${pattern.source}:\n${this.out}${this.err}`);
  }

  /** Closes the pipe that its standard output goes to, as `head` does when it has enough. */
  stopReading(): void {
    this.child.stdout?.destroy();
  }

  /** Sends a signal, unless it has ended already, and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended> {
    if (!this.hasEnded) this.child.kill(signal);
    return this.ended;
  }
}

/** Runs `purser` with these arguments to its end. */
export async function purser(args: readonly string[], environment: Environment = {}): Promise<Ended> {
  const run = await PurserRun.start(args, environment);
  return run.ended;
}
