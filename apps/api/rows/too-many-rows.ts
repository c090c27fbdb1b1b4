import type { ProblemError } from '../problems/problem.ts';
import { invalidRequest } from '../validation/body-pipe.ts';

/** As many rows are answered in one JSON object. */
export const ROWS_MAX = 10_000;

export function tooManyRows(): ProblemError {
  const message = `finds more than ${String(ROWS_MAX)} rows; ask for fewer groups, larger buckets or a shorter range, or for format=csv or jsonl`;
  return invalidRequest([{ field: 'group_by', message }]);
}
