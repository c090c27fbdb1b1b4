import { QueueAway, type AddOptions, type Queues } from '#queues';

/** Has deliveries attempted soon; where the queue is away, the reconciler does it when it is back. */
export async function wakeDeliveries(
  queues: Queues,
  deliveries: readonly string[],
  options: Pick<AddOptions, 'unlessThere'> = {},
): Promise<void> {
  if (deliveries.length === 0) return;
  try {
    await queues.add(
      'deliver_webhook',
      deliveries.map((delivery) => ({ delivery })),
      options,
    );
  } catch (error) {
    // That the queue is away was told already.
    if (!(error instanceof QueueAway)) throw error;
  }
}
