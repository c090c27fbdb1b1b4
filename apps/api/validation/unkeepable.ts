import { ERRORS_MAX, invalidRequest } from './body-pipe.ts';

const DEPTH_MAX = 32;

/**
 * Refuses what can't be kept, wherever it stands in a body or a query: NUL characters and halves of surrogate pairs, which Postgres
 * doesn't take, numbers too large for a double, which JSON would turn into null, nesting deeper than anybody means, and fields called `__proto__`, which some copies of an object lose.
 * @throws {ProblemError} `invalid_request` with every field concerned, or the first of very many.
 */
export function refuseUnkeepable(sent: unknown): void {
  const errors: Fault[] = [];
  findFaults(sent, [], errors);
  if (errors.length > 0) throw invalidRequest(errors);
}

interface Fault {
  readonly field: string;
  readonly message: string;
}

/** @param path the names that lead to the value; only what is wrong needs them as one */
function findFaults(value: unknown, path: string[], faults: Fault[]): void {
  if (faults.length > ERRORS_MAX) return;
  if (typeof value === 'string') {
    if (!isReadable(value)) faults.push(unreadable(path));
    return;
  }
  if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
    faults.push({ field: path.join('.'), message: 'must not be a number beyond 1.8e308' });
  if (typeof value !== 'object' || value === null) return;
  if (path.length === DEPTH_MAX) {
    faults.push({ field: path.join('.'), message: `must not be nested deeper than ${String(DEPTH_MAX)} levels` });
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    if (!isReadable(name)) faults.push(unreadable(path));
    path.push(name);
    if (name === '__proto__') faults.push({ field: path.join('.'), message: 'is a name that no field may have' });
    findFaults(item, path, faults);
    path.pop();
  }
}

function unreadable(path: readonly string[]): Fault {
  return { field: path.join('.'), message: 'must not contain NUL or broken Unicode characters' };
}

function isReadable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
