import type { Amount } from '#amounts';
import type { Window } from '#calendar';
import type { Spending } from '../authorization.ts';
import type { OutputLimits } from '../commands.ts';
import type { Counter } from '../counters.ts';
import type { Refusal } from '../refusals.ts';
import type { Restraint } from '../restraints.ts';
import type { Rate } from '../rules.ts';
import type { BatchSoFar } from './batch-so-far.ts';
import type { RuleCounter } from './rule-counters.ts';

/** A limit that a request falls under. */
export interface Limit {
  /**
   * How much may still be asked for under it; below zero where commits took more than was held. `null`: no bound on the amount
   * (it only says yes or no).
   */
  readonly room: Amount | null;
  /** Why a request for that much is declined; `null` where it isn't. */
  refusal(required: Amount): Refusal | null;
}

/** A window in which what a request is charged will count. It may not be written yet. */
export interface SpendingWindow extends Pick<Counter, 'counter' | 'name' | 'value'> {
  readonly kind: 'budget' | 'share';
  readonly window: Window;
  /** The most that requests may use and reserve in it; `null` where nothing is declined. */
  readonly limit: Amount | null;
}

/** A rate that a request falls under: of a rule, or of a throttle. */
export interface RequestRate extends RuleCounter {
  readonly name: 'rate' | Restraint['rule'];
  readonly rate: Rate;
  readonly tag: string | null;
}

export interface Limits {
  /** In the order in which they refuse: rules, budgets, the key's, the environment's. Credits come after them. */
  readonly checks: readonly Limit[];
  readonly windows: readonly SpendingWindow[];
  /** Rates under which it counts. */
  readonly rates: readonly RequestRate[];
}

/** One for all requests without limits, which cost nothing more than before there were any. */
export const NO_LIMITS: Limits = { checks: [], windows: [], rates: [] };

/** A request as limits see it. */
export interface LimitedRequest extends Spending {
  /** The UUID of the API key that asks. */
  readonly keyId: string | null;
  /** By the account's clock. */
  readonly at: number;
  /** Its `max` is what the price allows for, where the request doesn't say. */
  readonly output: OutputLimits;
  /** What it and earlier items of its batch hold and lack: waiting for others doesn't bring that back. */
  readonly own: () => BatchSoFar;
  /** Whether it holds credits, or takes them at once. */
  readonly isHold: boolean;
}
