import { spawn, type ChildProcess } from 'node:child_process';

const ALL_IS_WELL = 'done';

/**
 * Reads pids until the pipe closes, which it does however suddenly this process ends. Postgres ends by itself then, and
 * must have ended before its data is removed.
 */
const SCRIPT = `
  while read -r word; do
    [ "$word" = ${ALL_IS_WELL} ] && exit
    pids="$pids $word"
  done
  [ -n "$pids" ] && kill -KILL $pids 2>/dev/null
  while [ -e "$0/postgres/postmaster.pid" ]; do sleep 0.1; done
  rm -rf "$0"`;

/** A small process that cleans up after a bench that was killed: gigabytes of data, and services without a database. */
export class AftermathGuard {
  readonly #guard: ChildProcess;

  constructor(dataDir: string) {
    this.#guard = spawn('sh', ['-c', SCRIPT, dataDir], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  }

  /** This process would outlive us. */
  watch(pid: number): void {
    this.#guard.stdin?.write(`${pid}\n`);
  }

  /** Everything has been cleaned up. */
  release(): void {
    this.#guard.stdin?.end(`${ALL_IS_WELL}\n`);
  }
}
