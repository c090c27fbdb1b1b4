import type { DeclinedRequest, RevenueTally } from '#ledger';

/** A batch of decisions that came back from the database. */
export interface ObservedBatch {
  readonly decisions: number;
  /** From its first decision, or its look at what is stored, until its commit was answered. */
  readonly milliseconds: number;
  /**
   * `ahead`: decided on what the lane knew, and written. `locked`: decided on what is stored, under locks, and written.
   * `conflicted`: decided ahead and not written, because the accounts had moved on or the database failed; the batch is decided
   * again.
   */
  readonly how: 'ahead' | 'locked' | 'conflicted';
  /** What it left unpaid, or had paid later; nothing where it wasn't written. */
  readonly revenue: readonly RevenueTally[];
  /** What it declined; nothing where it wasn't written. */
  readonly declined: readonly DeclinedRequest[];
}

/** Watches an engine at work. It is called once per batch, on the way of every answer, so it must be quick and not throw. */
export interface EngineObserver {
  onBatch(batch: ObservedBatch): void;
}

/** How much an engine has to do at the moment. */
export interface EngineLoad {
  /** Decisions that wait or are under way. A long request counts for more. */
  readonly waiting: number;
  /** At so many, requests are refused. */
  readonly waitingMax: number;
  /** Database connections that it is using, and may use. */
  readonly connections: number;
  readonly connectionsMax: number;
}
