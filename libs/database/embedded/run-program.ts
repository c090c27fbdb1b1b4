import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import type { ServerUser } from './server-user.ts';

/** What Postgres's programs are started with: nothing of this process's own environment, e.g. no PGOPTIONS. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

interface RunOptions {
  readonly user: ServerUser | null;
  /** Lines for its standard input. */
  readonly input?: readonly string[];
}

/** Runs a program to its end. @throws Error with what it said, where it fails. */
export function runProgram(path: string, args: readonly string[], { user, input = [] }: RunOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // Detached, so that Ctrl-C in a terminal reaches this process alone.
    const child = spawn(path, args, { env: SERVER_ENVIRONMENT, cwd: '/', detached: true, ...user });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${basename(path)} ended with ${signal ?? code}: ${said.trim()}`));
    });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(input.map((line) => `${line}\n`).join(''));
  });
}
