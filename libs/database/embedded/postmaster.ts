import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError } from '../database-error.ts';
import { isErrno } from './is-errno.ts';
import { processArguments } from './process-identity.ts';

/** The main process of a running Postgres, as its lock file describes it. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections; false while it starts, recovers or stops. */
  readonly isReady: boolean;
}

const STOP_TIMEOUT_MS = 120_000;

/** The Postgres that runs on this data directory, or null. */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const locked = await readLockFile(cluster);
  return locked !== null && (await isPostmasterOf(cluster, locked.pid)) ? locked : null;
}

/**
 * Ends a Postgres whose service is gone, and waits for one that is ending already. What is committed is safe: it is a
 * shutdown, not a kill. Then the data directory is free.
 */
export async function endPostmaster(cluster: string, log: (line: string) => void): Promise<void> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  const postmaster = await findPostmaster(cluster);
  if (postmaster !== null) {
    log(`waiting for the previous Postgres (pid ${postmaster.pid}) to stop`);
    interrupt(postmaster.pid);
  }
  while ((await findPostmaster(cluster)) !== null) {
    if (Date.now() > deadline) {
      throw new DatabaseError(
        `The previous Postgres (pid ${postmaster?.pid}) on ${cluster} doesn't stop. Look at its log beside that folder, ` +
          `end it by hand, and start again.`,
      );
    }
    await sleep(50);
  }
  await removeStaleLock(cluster);
}

/**
 * A lock file whose pid now belongs to another program keeps Postgres from starting: it only looks whether such a process
 * lives. Pids come back quickly in containers. Any other leftover Postgres handles itself, and it knows better.
 */
async function removeStaleLock(cluster: string): Promise<void> {
  const locked = await readLockFile(cluster);
  if (locked === null || !isAlive(locked.pid)) return;
  const program = (await processArguments(locked.pid))?.[0] ?? '';
  if (!/(^|\/)postgres(:|$)/.test(program)) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

async function readLockFile(cluster: string): Promise<Postmaster | null> {
  let text;
  try {
    text = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
  // By line: pid, data directory, start time, port, socket directory, address, shared memory key, status.
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

async function isPostmasterOf(cluster: string, pid: number): Promise<boolean> {
  const given = await processArguments(pid);
  return given !== null && /(^|\/)postgres$/.test(given[0] ?? '') && given.includes(cluster);
}

function interrupt(pid: number): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (isErrno(error, 'ESRCH', 'EPERM')) return false;
    throw error;
  }
}
