import { setTimeout as sleep } from 'node:timers/promises';

/** A time this far ahead, as the API takes it. */
export function ahead(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

/** Waits until the database's clock, which is this machine's, has reached the instant. */
export async function reach(instant: string | null): Promise<void> {
  if (instant === null) throw new Error('there is no instant to wait for');
  const left = Date.parse(instant) - Date.now();
  // A timer may fire a millisecond early.
  await sleep(Math.max(left, 0) + 2);
}
