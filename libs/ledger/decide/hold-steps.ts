import { MAX_HOLD_DRAWS, MAX_HOLD_STEPS, type Authorization } from '../authorization.ts';
import type { TooManySteps } from '../refusals.ts';

/**
 * An open hold that changes keeps its history, so that the balance of a past instant can be computed. Most never change.
 * Called before the first change: what was held from the start.
 */
export function rememberFirst({ steps, createdAt, held }: Authorization): void {
  if (steps.length === 0) steps.push({ at: createdAt, held });
}

/** Called after a change: what is held from now on, by the account's clock. */
export function recordStep({ steps, held }: Authorization, now: number): void {
  steps.push({ at: now, held });
}

/** Whether a hold has changed as often as it may. The first of its steps is no change. */
export function tooManySteps({ steps }: Authorization): TooManySteps | null {
  return steps.length > MAX_HOLD_STEPS ? { code: 'too_many_steps', counted: 'steps', limit: MAX_HOLD_STEPS } : null;
}

/** Whether a hold takes no more partial commits. */
export function tooManyParts(authorization: Authorization): TooManySteps | null {
  if (authorization.draws.length < MAX_HOLD_DRAWS) return tooManySteps(authorization);
  return { code: 'too_many_steps', counted: 'draws', limit: MAX_HOLD_DRAWS };
}
