import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

export interface CliProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The last lines it wrote, stdout and stderr together. */
  readonly lastLines: readonly string[];
  /** Its exit code, once it has ended; null if a signal ended it. */
  readonly ended: Promise<number | null>;
}

const keptLines = 20;

/**
 * Runs this CLI with another command.
 * @param environment variables to set beside the inherited ones; an empty text unsets one
 * @param onLine called with every line it writes
 */
export function runCli(
  command: string,
  environment: Record<string, string>,
  onLine?: (line: string) => void,
): CliProcess {
  const [node, cli] = process.argv as [string, string];
  const child = spawn(node, [cli, command], {
    // Inherited as a whole, not read: what the operator set for the service holds for this one too.
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a process group of its own, Ctrl-C reaches this process alone, which then stops the other in order.
    detached: true,
  });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lastLines.push(line) > keptLines) lastLines.shift();
      onLine?.(line);
    });
  }
  const { promise: ended, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('close', resolve).once('error', reject);
  // However this process ends, it leaves no orphan.
  const stop = (): boolean => child.kill('SIGTERM');
  process.once('exit', stop);
  child.once('close', () => process.off('exit', stop));
  return { child, lastLines, ended };
}
