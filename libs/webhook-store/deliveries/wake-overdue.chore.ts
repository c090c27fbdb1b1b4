import type { QueuedChore, TimedChore } from '#background';
import type { Pool } from '#database';
import { LEASE_MS } from './claim-delivery.ts';
import { deliveryJobs, type DeliveryJob } from './deliver-webhooks.chore.ts';
import { overdueDeliveries } from './overdue-deliveries.ts';

/** With the time that a lease lasts, less than 5 s after a worker was killed. */
const EVERY_MS = 500;
/** More than one worker can send at once. */
const DELIVERIES_MAX = 200;

/**
 * Wakes deliveries that nobody comes for, soon: a worker that was killed stops no endpoint for longer than its leases last.
 * After the database was away, leases get the time to be renewed first.
 */
export function wakeOverdueChore(pool: Pool, deliveries: QueuedChore<DeliveryJob>): TimedChore {
  return {
    kind: 'timed',
    name: 'wake_overdue',
    title: 'Waking overdue deliveries',
    failureLevel: 'warn',
    everyMs: EVERY_MS,
    retryMs: LEASE_MS,
    run: async (wake) => {
      const overdue = await overdueDeliveries(pool, DELIVERIES_MAX);
      await wake(deliveries, deliveryJobs(overdue), { unlessThere: true });
      // To look again at once would only find the same.
      return false;
    },
  };
}
