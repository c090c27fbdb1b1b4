import { isObject } from './field-reader.ts';
import type { Condition, Match } from './match.ts';
import type { PriceFault } from './price-fault.ts';

const NAMES_MAX = 20;
const VALUES_MAX = 100;
const LENGTH_MAX = 128;
const WHAT = `must be a value, a list of 1 to ${String(VALUES_MAX)} values, or a prefix like "gpt-5*"`;

/** Reads the conditions of a match by their names. The fault of a condition is kept under its name. */
export function parseMatch(json: unknown, path: string, faults: PriceFault[]): Match {
  if (json === undefined || json === null) return [];
  const fault = {
    field: path,
    message: `must be an object of at most ${String(NAMES_MAX)} names, like {"model": "gpt-5*"}`,
  };
  if (!isObject(json)) {
    faults.push(fault);
    return [];
  }
  if (Object.keys(json).length > NAMES_MAX) faults.push({ ...fault, isLimit: true });
  return Object.entries(json)
    .map(([name, value]) => {
      const field = `${path}.${name}`;
      if (Array.isArray(value) && value.length > VALUES_MAX) faults.push({ field, message: WHAT, isLimit: true });
      const condition = parseCondition(name, value);
      if (typeof condition !== 'string') return condition;
      faults.push({ field, message: condition });
      return null;
    })
    .filter((condition) => condition !== null)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The condition, or its fault. */
function parseCondition(name: string, json: unknown): Condition | string {
  if (name.length === 0 || name.length > LENGTH_MAX) return `must have a name of 1 to ${String(LENGTH_MAX)} characters`;
  if (Array.isArray(json)) return parseValues(name, json);
  const text = textOf(json);
  if (text === null) return WHAT;
  if (!text.includes('*')) return { name, kind: 'exact', values: new Set([text]) };
  const prefix = text.slice(0, -1);
  if (!text.endsWith('*') || prefix.includes('*')) return 'must have its only * at the end';
  return { name, kind: 'prefix', prefix };
}

/** A list of one value is that value. */
function parseValues(name: string, json: readonly unknown[]): Condition | string {
  const texts = json.map(textOf).filter((text) => text !== null);
  if (texts.length === 0 || texts.length < json.length) return WHAT;
  if (texts.some((text) => text.includes('*'))) return 'must be a list of whole values: a prefix is a price of its own';
  const values = new Set(texts);
  return { name, kind: values.size === 1 ? 'exact' : 'list', values };
}

function textOf(json: unknown): string | null {
  if (typeof json === 'number' || typeof json === 'boolean') return String(json);
  return typeof json === 'string' && json.length > 0 && json.length <= LENGTH_MAX ? json : null;
}
