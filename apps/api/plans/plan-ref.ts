import { parsePublicId } from '#ledger';
import { problem, ProblemError } from '../problems/problem.ts';

/** @throws {ProblemError} `plan_not_found` for what is no id of a plan */
export function planIdOrNotFound(id: string): string {
  const uuid = parsePublicId('plan', id);
  if (uuid === null) throw planNotFound(id);
  return uuid;
}

export function planNotFound(plan: string): ProblemError {
  const detail = `This environment has no plan with the id ${plan}.`;
  return new ProblemError(problem('plan_not_found', detail, { plan }));
}
