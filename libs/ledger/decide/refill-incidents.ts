import { nextRefillAt } from '../refills.ts';
import type { AccountState } from '../state.ts';
import type { DecisionContext } from './context.ts';
import type { Moment } from './emit.ts';

/**
 * What time does about an account's refills at one instant. Its parts happen in this order, after the lapse of holds and the end
 * of a commitment's period.
 */
export interface RefillIncident {
  readonly at: number;
  /** What is left of a period rolls over, before what expires at that instant is booked as lost. */
  readonly rollOver?: (() => void) | undefined;
  readonly changePlan?: (() => void) | undefined;
  readonly grant?: (() => void) | undefined;
  /** Called with the balance after all of it, to emit the events. */
  readonly report?: ((moment: Moment) => void) | undefined;
}

/** @param until by the account's clock; what is due later is left */
export function refillIncidents(
  _context: DecisionContext,
  { refills }: AccountState,
  until: number,
): readonly RefillIncident[] {
  const next = nextRefillAt(refills);
  if (next === null || next > until) return [];
  return [];
}
