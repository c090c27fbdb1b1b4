import type { Amount } from '#amounts';
import type { AccountKey } from './ids.ts';

export const RAISE_REQUEST_STATUSES = ['pending', 'approved', 'denied', 'canceled'] as const;
/** `canceled`: its budget was deleted, or its account closed, before anybody decided on it. */
export type RaiseRequestStatus = (typeof RAISE_REQUEST_STATUSES)[number];

/** How many requests of an account may wait to be decided. */
export const MAX_PENDING_RAISES = 20;

/** What an account asks for that may not raise a budget itself. Times are by the account's clock, in milliseconds since 1970. */
export interface PendingRaise {
  /** A UUID of the account. */
  readonly id: string;
  /** The budget's UUID, and its name. */
  readonly budgetId: string;
  readonly name: string;
  /** What the budget would allow for. */
  readonly amount: Amount;
  readonly until: number;
  readonly reason: string;
  /** The UUID of the API key that asks. */
  readonly requestedBy: string | null;
  readonly createdAt: number;
}

/** A request, whether or not it is decided. */
export interface RaiseRequest extends PendingRaise {
  readonly accountKey: AccountKey;
  readonly environment: string;
  readonly status: RaiseRequestStatus;
  readonly decidedAt: number | null;
  /** The UUID of the API key that decided. */
  readonly decidedBy: string | null;
  /** Why it was denied. */
  readonly denial: string | null;
}
