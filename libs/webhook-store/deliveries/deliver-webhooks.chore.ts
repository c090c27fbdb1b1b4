import type { QueuedChore } from '#background';
import type { Pool } from '#database';
import { SendSlots, SLOTS } from '../sending/send-slots.ts';
import { attemptDelivery, type AttemptOptions } from './attempt-delivery.ts';
import { dueDeliveries } from './due-deliveries.ts';

/** Attempt the delivery if it is due. */
export type DeliveryJob = Readonly<Record<'delivery', string>>;

export function deliveryJobs(ids: readonly string[]): DeliveryJob[] {
  return ids.map((delivery) => ({ delivery }));
}

/** How deliveries are sent; the chore has its slots. */
export type SendingOptions = Omit<AttemptOptions, 'slots'>;

/** Sends deliveries to their endpoints, a job for each. */
export function deliverWebhooksChore(pool: Pool, sending: SendingOptions): QueuedChore<DeliveryJob> {
  const options = { ...sending, slots: new SendSlots() };
  const chore: QueuedChore<DeliveryJob> = {
    kind: 'queued',
    name: 'deliver_webhook',
    // Most of the time of a delivery is waiting for the receiver.
    concurrency: SLOTS,
    attempts: 3,
    idOf: ({ delivery }) => delivery,
    due: async (limit) => deliveryJobs(await dueDeliveries(pool, limit)),
    handle: async ({ delivery }, wake) => {
      const { nextAttemptAt, waiting } = await attemptDelivery(pool, delivery, options);
      await wake(chore, deliveryJobs(waiting));
      return nextAttemptAt;
    },
  };
  return chore;
}
