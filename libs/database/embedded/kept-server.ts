import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../database-error.ts';
import { reasonOf } from '../reason-of.ts';
import { freeBytesOf, isRoomEnough } from './disk-room.ts';
import { findFreePort } from './find-free-port.ts';
import { endPostmaster } from './postmaster.ts';
import { boundServerLog } from './server-log.ts';
import { launchServer, type LaunchOptions, type ServerProcess } from './server-process.ts';

const ATTEMPTS_MAX = 5;
const FIRST_PAUSE_MS = 100;
/** A server that ran this long was well, so its end is the first of a new row. */
const WELL_AFTER_MS = 60_000;
const ROOM_CHECK_MS = 500;
const LOG_CHECK_MS = 10_000;

export interface KeptServerOptions extends LaunchOptions {
  /** How many bytes the disk of a folder has left. */
  readonly freeBytes?: ((path: string) => Promise<number>) | undefined;
}

/**
 * A Postgres that is started again when it ends by itself, on the same port, so that pools reconnect and go on. Where its disk is
 * full that waits until there is room. Its log is kept within a bound.
 */
export class KeptServer {
  /** Resolves with the reason where it ends too often in a row or doesn't start again. */
  readonly lost: Promise<Error>;
  readonly port: number;
  readonly #options: KeptServerOptions;
  readonly #kept: Promise<void>;
  readonly #logCheck: NodeJS.Timeout;
  #server: ServerProcess;
  #isStopping = false;

  private constructor(options: KeptServerOptions, server: ServerProcess) {
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.#options = options;
    this.#server = server;
    this.port = options.port;
    this.lost = promise;
    this.#kept = this.#keep().catch(resolve);
    const { folder, user } = options;
    this.#logCheck = setInterval(() => {
      boundServerLog(folder.log, user).catch((error: unknown) => {
        options.log(`Postgres's log couldn't be moved aside: ${reasonOf(error)}`);
      });
    }, LOG_CHECK_MS).unref();
  }

  /** @throws DatabaseError where it doesn't start. */
  static async start(options: Omit<KeptServerOptions, 'port'>): Promise<KeptServer> {
    let port = 0;
    const server = await launchPatiently(async () => {
      port = await findFreePort();
      return { ...options, port };
    });
    return new KeptServer({ ...options, port }, server);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#logCheck);
    await this.#server.stop();
    await this.#kept;
  }

  /** Returns when it is stopped, and throws when it is given up. */
  async #keep(): Promise<void> {
    let endings = 0;
    for (;;) {
      const startedAt = Date.now();
      await this.#server.ended;
      if (this.#wasStopped()) return;
      if (await this.#hasWaitedForRoom()) endings = 0;
      if (this.#wasStopped()) return;
      endings = Date.now() - startedAt > WELL_AFTER_MS ? 1 : endings + 1;
      if (endings > ATTEMPTS_MAX) {
        throw new DatabaseError(
          `The embedded Postgres ended by itself ${endings} times in a row. Its log says why: ${this.#options.folder.log}`,
        );
      }
      this.#options.log(`Postgres ended by itself; restarting it (its log: ${this.#options.folder.log})`);
      this.#server = await launchPatiently(() => Promise.resolve(this.#options));
      // A stop during the restart has stopped the server before this one.
      if (this.#wasStopped()) return this.#server.stop();
      this.#options.log('Postgres is running again');
    }
  }

  /** @returns whether there was no room, and now there is */
  async #hasWaitedForRoom(): Promise<boolean> {
    const { folder, log, freeBytes = freeBytesOf } = this.#options;
    let hasWaited = false;
    while (!this.#wasStopped() && !isRoomEnough(await freeBytes(folder.cluster))) {
      if (!hasWaited) log(`The disk of ${folder.cluster} is full; Postgres is started again when there is room`);
      hasWaited = true;
      await sleep(ROOM_CHECK_MS);
    }
    return hasWaited;
  }

  /** A method, since the answer changes while `#keep` waits. */
  #wasStopped(): boolean {
    return this.#isStopping;
  }
}

/** Tries more than once: processes of a Postgres that was killed take a moment to go, and a port may be taken meanwhile. */
async function launchPatiently(options: () => Promise<LaunchOptions>): Promise<ServerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const launch = await options();
    try {
      await endPostmaster(launch.folder.cluster, launch.log);
      return await launchServer(launch);
    } catch (error) {
      if (attempt === ATTEMPTS_MAX) throw error;
    }
    await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}
