import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until something is so, for at most ten seconds. */
export async function eventually(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited ten seconds in vain until ${what}`);
    await sleep(5);
  }
}
