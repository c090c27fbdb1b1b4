import { invalidRequest } from './body-pipe.ts';
import { isPlainObject } from './rules.ts';

const DEPTH_MAX = 32;

/**
 * Refuses what can't be kept, wherever it stands in a body: NUL characters and halves of surrogate pairs, which Postgres
 * doesn't take, and nesting deeper than anybody means.
 * @throws {ProblemError} `invalid_request` with every field concerned.
 */
export function refuseUnkeepable(body: unknown): void {
  const errors = [...faultsIn(body, '', 0)];
  if (errors.length > 0) throw invalidRequest(errors);
}

function* faultsIn(value: unknown, field: string, depth: number): Generator<{ field: string; message: string }> {
  if (typeof value === 'string') {
    if (!isReadable(value)) yield unreadable(field);
  } else if (depth === DEPTH_MAX) {
    if (typeof value === 'object' && value !== null)
      yield { field, message: `must not be nested deeper than ${String(DEPTH_MAX)} levels` };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* faultsIn(item, join(field, String(index)), depth + 1);
  } else if (isPlainObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (!isReadable(name)) yield unreadable(field);
      yield* faultsIn(item, join(field, name), depth + 1);
    }
  }
}

function unreadable(field: string): { field: string; message: string } {
  return { field, message: 'must not contain NUL or broken Unicode characters' };
}

function isReadable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function join(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}
