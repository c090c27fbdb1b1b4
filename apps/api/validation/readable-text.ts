import { invalidRequest } from './body-pipe.ts';
import { isPlainObject } from './rules.ts';

/**
 * Refuses text that Postgres can't keep, wherever it stands in a body: NUL characters and halves of surrogate pairs.
 * @throws {ProblemError} `invalid_request` with every field concerned.
 */
export function refuseUnreadableText(body: unknown): void {
  const fields = [...unreadable(body, '')];
  if (fields.length === 0) return;
  throw invalidRequest(
    fields.map((field) => ({ field, message: 'must not contain NUL or broken Unicode characters' })),
  );
}

function* unreadable(value: unknown, field: string): Generator<string> {
  if (typeof value === 'string') {
    if (!isReadable(value)) yield field;
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* unreadable(item, join(field, String(index)));
  } else if (isPlainObject(value)) {
    for (const [name, item] of Object.entries(value)) {
      if (!isReadable(name)) yield field;
      yield* unreadable(item, join(field, name));
    }
  }
}

function isReadable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function join(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
}
