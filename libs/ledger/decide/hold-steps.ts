import type { Authorization } from '../authorization.ts';
import type { DecisionContext } from './context.ts';

/**
 * An open hold that changes keeps its history, so that the balance of a past instant can be told. Most never change.
 * Called before the first change: what was held from the start.
 */
export function rememberFirst(authorization: Authorization): void {
  if (authorization.steps.length > 0) return;
  authorization.steps = [{ at: authorization.createdAt, held: authorization.held }];
}

/** Called after a change: what is held from now on. */
export function recordStep(context: DecisionContext, authorization: Authorization): void {
  authorization.steps = [...authorization.steps, { at: context.now, held: authorization.held }];
}
