import { problem, ProblemError } from '../problems/problem.ts';

export function eventNotFound(): ProblemError {
  return new ProblemError(problem('event_not_found', 'This environment has no event with this id.'));
}
