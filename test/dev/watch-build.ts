import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from '../support/build.ts';

interface BuildWatcher {
  /** Called after each build without errors. */
  readonly built: () => void;
  /** Receives the compiler's output. */
  readonly write: (text: string) => void;
}

/** Builds the service as `npm run build` does, and again after every change, until the returned process is killed. */
export function watchBuild({ built, write }: BuildWatcher): ChildProcess {
  const args = [`${root}/node_modules/typescript/bin/tsc`, '-b', 'apps/cli', '--watch', '--preserveWatchOutput'];
  const compiler = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  createInterface(compiler.stdout).on('line', (line) => {
    if (line.trim() !== '') write(`${line}\n`);
    if (/ Found 0 errors\./.test(line)) built();
  });
  return compiler;
}
