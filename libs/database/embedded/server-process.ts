import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../database-error.ts';
import type { DataFolder } from './data-folder.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { findPostmaster } from './postmaster.ts';
import { SERVER_ENVIRONMENT } from './run-program.ts';
import { openServerLog } from './server-log.ts';
import { serverSettings } from './server-settings.ts';
import type { ServerUser } from './server-user.ts';

/**
 * Runs Postgres and, beside it, a reader of a pipe that this process holds. When the pipe closes, because we close it or
 * because we died, however suddenly, the reader asks Postgres for a fast shutdown: clients are disconnected, what is
 * committed is kept. The reader ends with Postgres, so that it never signals a stranger who got the same pid.
 */
const WATCHDOG = `
  exec 3<&0
  "$@" 3<&- </dev/null &
  server=$!
  { read -r _; kill -INT $server; } <&3 >/dev/null 2>&1 &
  reader=$!
  wait $server
  status=$?
  kill $reader 2>/dev/null
  exit $status
`;

const RECOVERY_NOTE_MS = 10_000;

export interface LaunchOptions {
  readonly folder: DataFolder;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | null;
  readonly port: number;
  /** What is to differ from the usual settings. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly log: (line: string) => void;
}

/** A running Postgres. */
export interface ServerProcess {
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Asks it to shut down and waits until it has. */
  stop(): Promise<void>;
}

/** Starts Postgres and waits until it takes connections. @throws DatabaseError with the end of its log where it doesn't. */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const serverLog = await openServerLog(options.folder.log, options.user);
  const server = new WatchedServer(spawnServer(options, serverLog.file.fd));
  await serverLog.file.close();
  if (await server.becomesReady(options)) return server;
  throw new DatabaseError(
    `The embedded Postgres doesn't start. The end of ${options.folder.log}:\n${await serverLog.tail()}`,
  );
}

function spawnServer({ binaries, folder, port, user, settings }: LaunchOptions, logFd: number): ChildProcess {
  const given = Object.entries({ ...serverSettings(port), ...settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const command = [binaries.postgres, '-D', folder.cluster, ...given];
  // A session of its own: Ctrl-C in a terminal must not stop Postgres before the work under way is finished.
  return spawn('/bin/sh', ['-c', WATCHDOG, 'purser-postgres', ...command], {
    detached: true,
    env: SERVER_ENVIRONMENT,
    cwd: '/',
    stdio: ['pipe', logFd, logFd],
    ...user,
  });
}

class WatchedServer implements ServerProcess {
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #hasEnded = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#hasEnded = true;
        resolve();
      };
      child.on('exit', end);
      // It could not even be started.
      child.on('error', end);
    });
  }

  /** Crash recovery may take minutes, so there is no limit to the wait, only a note that it goes on. */
  async becomesReady({ folder, port, log }: LaunchOptions): Promise<boolean> {
    let nextNote = Date.now() + RECOVERY_NOTE_MS;
    while (!this.#hasEnded) {
      const postmaster = await findPostmaster(folder.cluster);
      if (postmaster?.isReady === true && postmaster.port === port) return true;
      if (Date.now() > nextNote) {
        log(`Postgres is still starting, perhaps recovering from a crash; its log is ${folder.log}`);
        nextNote += RECOVERY_NOTE_MS;
      }
      await Promise.race([this.ended, sleep(20)]);
    }
    return false;
  }

  async stop(): Promise<void> {
    this.#child.stdin?.end();
    await this.ended;
  }
}
