import type { Authorization } from '../authorization.ts';

/**
 * An open hold that changes keeps its history, so that the balance of a past instant can be told. Most never change.
 * Called before the first change: what was held from the start.
 */
export function rememberFirst(authorization: Authorization): void {
  if (authorization.steps.length > 0) return;
  authorization.steps = [{ at: authorization.createdAt, held: authorization.held }];
}

/** Called after a change: what is held from now on, by the account's clock. */
export function recordStep(authorization: Authorization, now: number): void {
  authorization.steps = [...authorization.steps, { at: now, held: authorization.held }];
}
