import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm } from 'node:fs/promises';
import { DatabaseError } from '../database-error.ts';
import { isErrno } from './is-errno.ts';
import { processStart } from './process-identity.ts';
import type { ServerUser } from './server-user.ts';
import type { DataFolder } from './data-folder.ts';
import { writeFileFor } from './write-file-for.ts';

/** Who has a data folder. */
export interface ServiceFile {
  readonly pid: number;
  /** Tells the process from a later one with the same pid. */
  readonly process_start: string | null;
  /** Where the service can be reached; null until it is ready. */
  readonly url: string | null;
  readonly started_at: string;
}

/** Takes the data folder for this process. @throws DatabaseError naming the living process that has it. */
export async function claimDataFolder(folder: DataFolder, user: ServerUser | null): Promise<void> {
  const ours = `${folder.service}.${randomUUID()}`;
  await writeFileFor(user, ours, await describeThisProcess(null));
  try {
    // A link fails where the file exists already, so of two processes one gets it.
    while (!(await tryLink(ours, folder.service))) await removeIfAbandoned(folder);
  } finally {
    await rm(ours, { force: true });
  }
}

/** Adds the address of the service to the claim. */
export async function announceService(folder: DataFolder, user: ServerUser | null, url: string): Promise<void> {
  const next = `${folder.service}.${randomUUID()}`;
  await writeFileFor(user, next, await describeThisProcess(url));
  await rename(next, folder.service);
}

export async function releaseDataFolder(folder: DataFolder): Promise<void> {
  await rm(folder.service, { force: true });
}

/** The living process that has the data folder, or null. */
export async function findOwner(folder: DataFolder): Promise<ServiceFile | null> {
  const claim = await readClaim(folder.service);
  return claim !== null && (await isOwnerAlive(claim)) ? claim : null;
}

async function describeThisProcess(url: string | null): Promise<string> {
  const claim: ServiceFile = {
    pid: process.pid,
    process_start: await processStart(process.pid),
    url,
    started_at: new Date().toISOString(),
  };
  return `${JSON.stringify(claim, null, 2)}\n`;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

async function removeIfAbandoned(folder: DataFolder): Promise<void> {
  const claim = await readClaim(folder.service);
  if (claim === null) {
    await rm(folder.service, { force: true });
    return;
  }
  if (await isOwnerAlive(claim)) throw inUse(folder, claim);
  // Another process may have replaced the abandoned claim since it was read. Moving it aside shows which one this was.
  const aside = `${folder.service}.${randomUUID()}`;
  try {
    await rename(folder.service, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await readClaim(aside);
  if (moved !== null && (await isOwnerAlive(moved))) await rename(aside, folder.service);
  else await rm(aside, { force: true });
}

async function readClaim(path: string): Promise<ServiceFile | null> {
  try {
    const claim: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isServiceFile(claim) ? claim : null;
  } catch (error) {
    if (isErrno(error, 'ENOENT') || error instanceof SyntaxError) return null;
    throw error;
  }
}

function isServiceFile(value: unknown): value is ServiceFile {
  return typeof value === 'object' && value !== null && 'pid' in value && Number.isSafeInteger(value.pid);
}

async function isOwnerAlive(claim: ServiceFile): Promise<boolean> {
  const start = await processStart(claim.pid);
  return start !== null && start === claim.process_start;
}

function inUse(folder: DataFolder, owner: ServiceFile): DatabaseError {
  const where = owner.url === null ? 'which is still starting or stopping' : `which serves ${owner.url}`;
  return new DatabaseError(
    `The data folder ${folder.root} is in use by process ${owner.pid}, ${where} (started ${owner.started_at}). ` +
      `Stop that process (kill ${owner.pid}), or set PURSER_DATA_DIR to another folder.`,
  );
}
