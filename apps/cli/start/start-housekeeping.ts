import type { Pool } from '#database';
import { keepPartitions } from '#ledger-store';

const EVERY_HOUR_MS = 60 * 60 * 1000;

export interface Housekeeping {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Keeps partitions ahead of time and drops old idempotency keys, now and every hour. Partitions are made months ahead, so
 * a failure is logged and the next hour tries again; only the first one, at the start, is thrown.
 */
export async function startHousekeeping(
  pool: Pool,
  options: { readonly idempotencyDays: number; readonly log: (line: string) => void },
): Promise<Housekeeping> {
  await keepHouse(pool, options);
  let underWay: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    underWay = keepHouse(pool, options).catch((error: unknown) => {
      options.log(`Housekeeping failed and is tried again in an hour: ${String(error)}`);
    });
  }, EVERY_HOUR_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await underWay;
    },
  };
}

async function keepHouse(
  pool: Pool,
  { idempotencyDays, log }: { idempotencyDays: number; log: (line: string) => void },
): Promise<void> {
  const dropped = await keepPartitions(pool, { idempotencyDays });
  for (const table of dropped) log(`dropped idempotency keys older than ${String(idempotencyDays)} days: ${table}`);
}
