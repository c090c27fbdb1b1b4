import type { Moment } from './emit.ts';

/**
 * What time does about an account's refills at one instant. Its parts happen in this order, after the lapse of holds, the end of a
 * commitment's period, and what expires or rolls over.
 */
export interface RefillIncident {
  readonly at: number;
  readonly changePlan?: (() => void) | undefined;
  readonly grant?: (() => void) | undefined;
  /** Called with the balance after all of it, to emit the events. */
  readonly report?: ((moment: Moment) => void) | undefined;
}
