import type { Outcome, Refusal, RefusedOutcome } from '../refusals.ts';
import { plain, type Plain } from './plain.ts';

/** Thrown where a command is refused; {@link refusalOf} reads it. */
export class Refused extends Error {
  readonly outcome: RefusedOutcome;

  constructor(outcome: RefusedOutcome) {
    super(`refused: ${outcome.refusal.code}`);
    this.outcome = outcome;
  }
}

/** The refusal of a command that must not be accepted. */
export function refusalOf(work: () => unknown): Plain<Refusal> {
  return plain(refusedOutcomeOf(work).refusal);
}

/** How each item of a batch would have gone that must be refused as a whole. */
export function refusedItemsOf(work: () => unknown): Plain<readonly Outcome<unknown>[]> {
  return plain(refusedOutcomeOf(work).items ?? []);
}

function refusedOutcomeOf(work: () => unknown): RefusedOutcome {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.outcome;
    throw error;
  }
  throw new Error('expected a refusal, but the command was accepted');
}
