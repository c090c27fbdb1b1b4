import { isDeepStrictEqual } from 'node:util';
import type { Answer, Told } from './requests.ts';

/**
 * Where two values differ, a line for each place: `balance.held: expected "3", found "4"`.
 * `retryAfter` is only a promise that nothing happens sooner: a shorter one is no difference.
 */
export function differences(expected: unknown, found: unknown, path = ''): string[] {
  if (isDeepStrictEqual(expected, found) || isSoonEnough(path, expected, found)) return [];
  if (isObject(expected) && isObject(found)) {
    const fields = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return Array.from(fields).flatMap((field) =>
      differences(expected[field], found[field], path === '' ? field : `${path}.${field}`),
    );
  }
  return [`${path || 'all'}: expected ${show(expected)}, found ${show(found)}`];
}

export function toldDifferences(expected: Told, found: Told): string[] {
  return differences(
    { replayed: expected.replayed, ...expected.answer },
    { replayed: found.replayed, ...found.answer },
  );
}

function isSoonEnough(path: string, expected: unknown, found: unknown): boolean {
  if (!path.endsWith('retryAfter')) return false;
  return typeof expected === 'number' && typeof found === 'number' && found >= 1 && found <= expected;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** An answer in a few words. */
export function inShort(answer: Answer): string {
  const { code, items, ...fields } = answer;
  if (Array.isArray(items)) return `${code} [${(items as Answer[]).map(inShort).join('; ')}]`;
  const told = ['authorization', 'grant', 'status', 'held', 'committed', 'remaining', 'refunded', 'uncollected'];
  const parts = told
    .filter((name) => name in fields && fields[name] !== '0')
    .map((name) => `${name} ${String(fields[name])}`);
  return [code, ...parts].join(', ');
}
