import { QueueAway, type AddOptions, type Queues } from '#queues';

/**
 * Has deliveries attempted soon.
 * @returns whether that was possible; where it wasn't, the reconciler does it when the queue is back
 */
export async function wakeDeliveries(
  queues: Queues,
  deliveries: readonly string[],
  options: Pick<AddOptions, 'unlessThere'> = {},
): Promise<boolean> {
  if (deliveries.length === 0) return true;
  try {
    await queues.add(
      'deliver_webhook',
      deliveries.map((delivery) => ({ delivery })),
      options,
    );
    return true;
  } catch (error) {
    // That the queue is away was told already.
    if (error instanceof QueueAway) return false;
    throw error;
  }
}
