import type { AlertState } from './alerts.ts';
import { type Amount, type JsonObject, ZERO } from '#amounts';
import type { OveragePolicy } from './authorization.ts';
import type { AccountKey } from './ids.ts';
import type { Budget } from './budgets.ts';
import type { PendingRaise } from './raise-requests.ts';
import type { BurnRate } from './burn-rate.ts';
import type { Restraint } from './restraints.ts';
import type { OwnRules } from './rules.ts';
import type { TestClock } from './test-clock.ts';

export const ACCOUNT_STATUSES = ['active', 'suspended', 'closed'] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** What an operator decides about an account. */
export interface AccountTerms {
  readonly name: string | null;
  readonly overdraftLimit: Amount;
  readonly overage: OveragePolicy;
  readonly timeZone: string;
  /** The least that it spends in each calendar month: what is missing at its end is charged. `null`: it may spend nothing. */
  readonly commitment: Amount | null;
  /** The UUID of the rate card that prices its usage; `null`: only amounts are taken. */
  readonly rateCard: string | null;
  /** The part that is taken off every price, from 0 to 1. */
  readonly discount: Amount;
  /** Prices of its own, which come before those of the rate card. */
  readonly overrides: readonly JsonObject[];
  readonly metadata: JsonObject;
}

/** The terms of an account that nobody has said anything about. */
export const DEFAULT_TERMS: AccountTerms = {
  name: null,
  overdraftLimit: ZERO,
  overage: 'cap',
  timeZone: 'UTC',
  commitment: null,
  rateCard: null,
  discount: ZERO,
  overrides: [],
  metadata: {},
};

/** Where what is left of a closed account's credits goes: it is lost to the customer, or goes back to where it came from. */
export const REMAINDERS = ['breakage', 'return'] as const;
export type Remainder = (typeof REMAINDERS)[number];

/** Times by the account's clock, in milliseconds since 1970. */
export interface Closure {
  /** `null` while the account isn't closed; it is never opened again. */
  readonly closedAt: number | null;
  /** Credits that a refund gives back later go the same way. */
  readonly remainder: Remainder | null;
  /** When the erasure of its personal data was asked for. */
  readonly erasureRequestedAt: number | null;
  /** When it was done. */
  readonly erasedAt: number | null;
}

export const NOT_CLOSED: Closure = { closedAt: null, remainder: null, erasureRequestedAt: null, erasedAt: null };

export interface Account {
  readonly key: AccountKey;
  readonly environment: string;
  /** The caller's own id. */
  readonly id: string;
  readonly unit: string;
  terms: AccountTerms;
  /** How often its own prices have changed. */
  overridesVersion: number;
  /** Whether it has, or had, a commitment: only then are there periods to be read. */
  hasCommitmentPeriods: boolean;
  /** Whether there is anything to be read of how it is refilled. */
  hasRefills: boolean;
  status: AccountStatus;
  closure: Closure;
  /** What the account lives by; `null` in `live`, where time is real. */
  readonly testClock: TestClock | null;
  readonly createdAt: number;
  /** Used beyond the credits and not yet repaid. */
  debt: Amount;
  /** What of it was written off, less what of that was refunded since. */
  writtenOff: Amount;
  /** What open authorizations have pinned beyond the credits. */
  overdraftHeld: Amount;
  /** How long its holds usually last, in milliseconds; `null` where none has settled yet. */
  holdLifetimeMs: number | null;
  /** Its own, in the order in which they were made; those that every account has stand beside them. */
  budgets: readonly Budget[];
  /** What raises of them are asked for, and nobody has decided on yet; the oldest first. */
  raiseRequests: readonly PendingRaise[];
  /** Its own rules against usage that runs away. */
  rules: OwnRules;
  /** What such rules have done about it, ended or not. */
  restraints: readonly Restraint[];
  readonly alerts: AlertState;
  readonly burnRate: BurnRate;
  /** The number of its last event; its events are numbered from 1 without a gap. */
  sequence: number;
}
