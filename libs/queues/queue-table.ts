/**
 * Every queue, and what its jobs carry: ids only. What is to be done stands in Postgres, so a job is a wake-up call that may
 * come late, twice or never: whoever handles it looks at the state first, and the reconciler finds what nobody was woken for.
 */
export interface JobPayloads {
  /** Attempt the delivery if it is due. */
  readonly deliver_webhook: { readonly delivery: string };
  /** Book what has expired. */
  readonly sweep_accounts: Readonly<Record<string, never>>;
}

export type QueueName = keyof JobPayloads;

interface QueueTerms<Name extends QueueName> {
  /** Jobs of this queue that one process handles at the same time. */
  readonly concurrency: number;
  /**
   * What identifies a job that is added unless it is there. No ":" may be in it, and not only digits, which BullMQ keeps for
   * itself. Null: jobs of this queue are all alike, and come by its schedule.
   */
  readonly idOf: ((payload: JobPayloads[Name]) => string) | null;
  /** How often a job that failed is tried again before it is given up and left to the reconciler. */
  readonly attempts: number;
  /** The queue's jobs are made by a schedule, one every so often for all workers together. */
  readonly everyMs?: number;
}

/** How each queue is worked. */
export const QUEUES: { readonly [Name in QueueName]: QueueTerms<Name> } = {
  // Most of the time of a delivery is waiting for the receiver.
  deliver_webhook: { concurrency: 64, idOf: ({ delivery }) => delivery, attempts: 3 },
  // The next one comes soon anyway.
  sweep_accounts: { concurrency: 1, idOf: null, attempts: 1, everyMs: 1_000 },
};

export const QUEUE_NAMES = Object.keys(QUEUES) as readonly QueueName[];
