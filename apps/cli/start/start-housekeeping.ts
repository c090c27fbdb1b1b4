import type { Pool } from '#database';
import { asking, dropOldEvents, keepPartitions } from '#ledger-store';
import { deleteOldDeliveries, resealSecrets, SecretBox } from '#webhook-store';
import type { Logger } from '#logging';

const EVERY_HOUR_MS = 60 * 60 * 1000;

export interface Housekeeping {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

interface HousekeepingOptions {
  /** What signing secrets are encrypted with; none where endpoints can't be made. */
  readonly secretsKeys: readonly Buffer[];
  readonly idempotencyDays: number;
  readonly logger: Logger;
}

/**
 * Keeps partitions ahead of time, drops old idempotency keys, events and deliveries, and takes new keys for secrets into use,
 * now and every hour. Partitions are made months ahead, so
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

async function keepHouse(pool: Pool, { secretsKeys, idempotencyDays, logger }: HousekeepingOptions): Promise<void> {
  try {
    const dropped = await keepPartitions(pool, { idempotencyDays });
    for (const table of dropped)
      logger.info({ table, days: idempotencyDays }, 'dropped idempotency keys older than that');
    const events = await dropOldEvents(pool);
    if (events > 0) logger.info({ events }, 'dropped events older than 30 days');
    await deleteOldDeliveries(asking(pool));
    const endpoints = await resealSecrets(asking(pool), new SecretBox(secretsKeys));
    if (endpoints > 0) logger.info({ endpoints }, 'encrypted webhook secrets with the new key');
  } catch (error) {
    logger.error(`Housekeeping failed and is tried again in an hour: ${String(error)}`);
  }
}
