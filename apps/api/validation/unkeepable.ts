import { ERRORS_MAX, invalidRequest } from './body-pipe.ts';
import type { Fault } from './faults-of.ts';
import { isVendorRaw } from './vendor-raw.ts';

const DEPTH_MAX = 32;
/** What models answer may hold whatever they were asked for. */
const RAW_DEPTH_MAX = 128;

/**
 * Refuses what can't be kept, wherever it stands in a body or a query: NUL characters and halves of surrogate pairs, which
 * Postgres doesn't take, nesting deeper than anybody means, and fields called `__proto__`, which some copies of an object
 * lose.
 *
 * @param text the JSON that it was made of, where it was: a quick look at that shows most often that there is nothing to look for
 * @returns how many names there are in all objects together
 * @throws {ProblemError} `invalid_request` with every field concerned, or the first of very many.
 */
export function refuseUnkeepable(sent: object, text: string | null = null): number {
  const names = text !== null && !NEEDS_A_LOOK.test(text) ? countNames(sent, 0) : null;
  return names ?? refuseFound(sent);
}

/** What JSON in UTF-8 must have in it to make a string that isn't readable, or a field of that name. */
const NEEDS_A_LOOK = /\\u|__proto__/;

/** The same count where nothing else is looked for; null where something is nested deeper than most may be. */
function countNames(value: object, depth: number): number | null {
  if (depth >= DEPTH_MAX) return null;
  const items: readonly unknown[] = Object.values(value);
  let names = Array.isArray(value) ? 0 : items.length;
  for (const item of items) {
    if (typeof item !== 'object' || item === null) continue;
    const within = countNames(item, depth + 1);
    if (within === null) return null;
    names += within;
  }
  return names;
}

function refuseFound(sent: unknown): number {
  const errors: Fault[] = [];
  const names = findFaults(sent, [], errors);
  if (errors.length > 0) throw invalidRequest(errors);
  return names;
}

/**
 * @param path the names that lead to the value; only what is wrong needs them as one
 * @returns how many names the objects in the value have
 */
function findFaults(value: unknown, path: string[], faults: Fault[]): number {
  if (faults.length > ERRORS_MAX) return 0;
  if (typeof value === 'string' && !isReadable(value) && !isVendorRaw(path)) faults.push(unreadable(path));
  if (typeof value !== 'object' || value === null) return 0;
  if (path.length >= DEPTH_MAX && (path.length >= RAW_DEPTH_MAX || !isVendorRaw(path))) {
    const levels = isVendorRaw(path) ? RAW_DEPTH_MAX : DEPTH_MAX;
    faults.push({ field: path.join('.'), message: `must not be nested deeper than ${levels} levels` });
    return 0;
  }
  const items = Object.entries(value);
  let names = Array.isArray(value) ? 0 : items.length;
  for (const [name, item] of items) {
    if (!isReadable(name) && !isVendorRaw(path)) faults.push(unreadable(path));
    path.push(name);
    if (name === '__proto__') faults.push({ field: path.join('.'), message: 'is a name that no field may have' });
    names += findFaults(item, path, faults);
    path.pop();
  }
  return names;
}

function unreadable(path: readonly string[]): Fault {
  return { field: path.join('.'), message: 'must not contain NUL or broken Unicode characters' };
}

function isReadable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
