import type { Pool } from '#database';
import { asking, keepPartitions } from '#ledger-store';
import { deleteOldDeliveries, resealSecrets, SecretBox } from '#webhook-store';

const EVERY_HOUR_MS = 60 * 60 * 1000;

export interface Housekeeping {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

interface HousekeepingOptions {
  /** What signing secrets are encrypted with; none where endpoints can't be made. */
  readonly secretsKeys: readonly Buffer[];
  readonly idempotencyDays: number;
  readonly log: (line: string) => void;
}

/**
 * Keeps partitions ahead of time, drops old idempotency keys and deliveries, and takes new keys for secrets into use, now and
 * every hour. Partitions are made months ahead, so
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

async function keepHouse(pool: Pool, { secretsKeys, idempotencyDays, log }: HousekeepingOptions): Promise<void> {
  try {
    const dropped = await keepPartitions(pool, { idempotencyDays });
    for (const table of dropped) log(`dropped idempotency keys older than ${String(idempotencyDays)} days: ${table}`);
    await deleteOldDeliveries(asking(pool));
    const resealed = await resealSecrets(asking(pool), new SecretBox(secretsKeys));
    if (resealed > 0) log(`webhook secrets encrypted with the new key: of ${String(resealed)} endpoints`);
  } catch (error) {
    log(`Housekeeping failed and is tried again in an hour: ${String(error)}`);
  }
}
