import type { Pool } from '#database';
import { dropOldEvents, keepPartitions } from '#ledger-store';
import type { Logger } from '../../api/logging/make-logger.ts';

const EVERY_HOUR_MS = 60 * 60 * 1000;

export interface Housekeeping {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

interface HousekeepingOptions {
  readonly idempotencyDays: number;
  readonly logger: Logger;
}

/**
 * Keeps partitions ahead of time and drops old idempotency keys and events, now and every hour. Partitions are made months ahead, so
 * one failure does no harm: it is logged, and the next hour tries again.
 */
export function startHousekeeping(pool: Pool, options: HousekeepingOptions): Housekeeping {
  let underWay = keepHouse(pool, options);
  const timer = setInterval(() => {
    underWay = keepHouse(pool, options);
  }, EVERY_HOUR_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return underWay;
    },
  };
}

async function keepHouse(pool: Pool, { idempotencyDays, logger }: HousekeepingOptions): Promise<void> {
  try {
    const dropped = await keepPartitions(pool, { idempotencyDays });
    for (const table of dropped)
      logger.info({ table, days: idempotencyDays }, 'dropped idempotency keys older than that');
    const events = await dropOldEvents(pool);
    if (events > 0) logger.info({ events }, 'dropped events older than 30 days');
  } catch (error) {
    logger.error(`Housekeeping failed and is tried again in an hour: ${String(error)}`);
  }
}
