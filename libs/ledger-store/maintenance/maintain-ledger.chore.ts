import type { ChoreLog, TimedChore } from '#background';
import type { Pool } from '#database';
import { DECLINE_DAYS } from '../declines/decline-reader.ts';
import { dropOldDeclines } from './drop-old-declines.ts';
import { dropOldEvents } from './drop-old-events.ts';
import { keepPartitions } from './keep-partitions.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface LedgerMaintenanceOptions {
  /** How long idempotency keys are remembered at least. */
  readonly idempotencyDays: number;
  readonly log: ChoreLog;
}

/**
 * Makes partitions ahead of time, and drops idempotency keys, events and counts of declines that are too old to be kept. Partitions are made months
 * ahead, so a failure has time until the next hour.
 *
 * @param pool with the rights of the tables' owner: nobody else makes and drops partitions
 */
export function maintainLedgerChore(pool: Pool, { idempotencyDays, log }: LedgerMaintenanceOptions): TimedChore {
  return {
    kind: 'timed',
    name: 'maintain_ledger',
    title: 'Maintenance of the ledger',
    failureLevel: 'error',
    everyMs: HOUR_MS,
    retryMs: HOUR_MS,
    run: async () => {
      const dropped = await keepPartitions(pool, { idempotencyDays });
      for (const table of dropped)
        log.info({ table, days: idempotencyDays }, 'dropped idempotency keys older than that');
      const events = await dropOldEvents(pool);
      if (events > 0) log.info({ events }, 'dropped events older than 30 days');
      const declines = await dropOldDeclines(pool);
      if (declines > 0)
        log.info({ declines }, `dropped counts of declined requests older than ${String(DECLINE_DAYS)} days`);
      return false;
    },
  };
}
