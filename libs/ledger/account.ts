import type { AlertState } from './alerts.ts';
import type { Amount, JsonObject } from '#amounts';
import type { OveragePolicy } from './authorization.ts';
import type { AccountKey } from './ids.ts';
import type { BurnRate } from './burn-rate.ts';
import type { TestClock } from './test-clock.ts';

export const ACCOUNT_STATUSES = ['active', 'suspended'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** What an operator decides about an account. */
export interface AccountTerms {
  readonly name: string | null;
  readonly overdraftLimit: Amount;
  readonly overage: OveragePolicy;
  readonly timeZone: string;
  readonly metadata: JsonObject;
}

export interface Account {
  readonly key: AccountKey;
  readonly environment: string;
  /** The caller's own id. */
  readonly id: string;
  readonly unit: string;
  terms: AccountTerms;
  status: AccountStatus;
  /** What the account lives by; `null` in `live`, where time is real. */
  readonly testClock: TestClock | null;
  readonly createdAt: number;
  /** Used beyond the credits and not yet repaid. */
  debt: Amount;
  /** What open authorizations have pinned beyond the credits. */
  overdraftHeld: Amount;
  /** How long its holds usually last, in milliseconds; `null` where none has settled yet. */
  holdLifetimeMs: number | null;
  readonly alerts: AlertState;
  readonly burnRate: BurnRate;
  /** The number of its last event; its events are numbered from 1 without a gap. */
  sequence: number;
}
