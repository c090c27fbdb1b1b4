import { statfs } from 'node:fs/promises';

/** Postgres's log grows by 16 MB at a time, and recovery may need some of it before it can make room. */
const BYTES_MIN = 64_000_000;

/** How many bytes may still be written to the disk of a folder. */
export async function freeBytesOf(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}

/** Whether a Postgres that ended for want of room could go on. */
export function isRoomEnough(freeBytes: number): boolean {
  return freeBytes >= BYTES_MIN;
}
