import type { QueuedChore, TimedChore } from '#background';
import type { Pool } from '#database';
import { ENDPOINT_SLOTS } from '../sending/send-slots.ts';
import { deliveryJobs, type DeliveryJob } from './deliver-webhooks.chore.ts';
import { parseDeliveryId } from './delivery-ref.ts';
import { outboxAge } from './outbox-age.ts';
import { relayEvents } from './relay-events.ts';

/** Looking is one probe of an index that holds nothing but what waits. */
const LOOK_EVERY_MS = 100;
const EVENTS_MAX = 1_000;

/**
 * Makes deliveries of what was written to the outbox, and wakes them. It looks for what isn't relayed, and not past the last
 * event that was: commits land out of order.
 */
export function relayEventsChore(pool: Pool, deliveries: QueuedChore<DeliveryJob>): TimedChore {
  return {
    kind: 'timed',
    name: 'relay',
    title: 'The relay of events',
    healthName: 'relay',
    failureLevel: 'warn',
    everyMs: LOOK_EVERY_MS,
    gauge: {
      name: 'purser_outbox_age_seconds',
      help: 'How long the oldest event waits to be relayed; 0 where none waits.',
      read: async () => (await outboxAge(pool)) / 1000,
    },
    run: async (wake) => {
      const due = await relayEvents(pool, { limit: EVENTS_MAX });
      await wake(deliveries, deliveryJobs(someOfEach(due)));
      return due.length >= EVENTS_MAX;
    },
  };
}

/**
 * As many of each endpoint as it has slots: the end of an attempt wakes what waits. A job for each of thousands would only keep
 * those of other endpoints waiting.
 */
function someOfEach(ids: readonly string[]): string[] {
  const byEndpoint = Map.groupBy(ids, (id) => parseDeliveryId(id).endpointId);
  return [...byEndpoint.values()].flatMap((ofEndpoint) => ofEndpoint.slice(0, ENDPOINT_SLOTS));
}
