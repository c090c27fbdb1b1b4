import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MS_MAX = 60_000;

/** Waits until it holds. @throws Error saying what didn't, where that takes too long */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WAIT_MS_MAX;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`Not within ${WAIT_MS_MAX / 1000} s: ${what}.`);
    await sleep(20);
  }
}
