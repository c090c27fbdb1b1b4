/** What the worker has done, and by whom: all of it looks at the state in Postgres first, and may be asked twice or at once. */
export interface WorkerPorts {
  /** Makes deliveries of the next events that have none yet, at most so many. @returns the ids of those that are due */
  relayEvents(limit: number): Promise<readonly string[]>;
  /** The ids of deliveries whose time has come, the longest overdue first. */
  dueDeliveries(limit: number): Promise<readonly string[]>;
  /** Sends the delivery if it is due and nobody else is at it. */
  attemptDelivery(id: string): Promise<AttemptedDelivery>;
  /** Books what has expired. */
  sweepAccounts(): Promise<void>;
  /** How long the oldest event waits to be relayed, in milliseconds; 0 where none waits. */
  outboxAge(): Promise<number>;
}

export interface AttemptedDelivery {
  /** When it is due again, in milliseconds since 1970; null where it isn't. */
  readonly nextAttemptAt: number | null;
  /** The ids of deliveries that have waited for this one, and are to be attempted now. */
  readonly waiting: readonly string[];
}
