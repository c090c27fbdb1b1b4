import { ValidateBy } from 'class-validator';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { isPlainObject, isText } from './rules.ts';

const NAMES_MAX = 20;
/** That of a tag, and `tag.` before it. */
export const SCOPE_NAME_LENGTH_MAX = 68;
const VALUES_MAX = 100;
const VALUE_LENGTH_MAX = 256;
const MUST = `must be an object of at most ${String(NAMES_MAX)} names of up to ${String(SCOPE_NAME_LENGTH_MAX)} characters, each with a value or a list of values`;
const VALUES_MUST = `must be a string of at most ${String(VALUE_LENGTH_MAX)} characters, or a list of 1 to ${String(VALUES_MAX)} of them, each given once`;
const TAG = 'tag.';
/** What a usage or an API key has, so that a tag of the same name is `tag.model`. */
const OF_REQUESTS: readonly string[] = ['model', 'provider', 'event', 'key'];

const VALUE: JsonSchema = { type: 'string', maxLength: VALUE_LENGTH_MAX };
const SCHEMA: JsonSchema = {
  type: 'object',
  maxProperties: NAMES_MAX,
  propertyNames: { minLength: 1, maxLength: SCOPE_NAME_LENGTH_MAX },
  additionalProperties: {
    anyOf: [VALUE, { type: 'array', minItems: 1, maxItems: VALUES_MAX, uniqueItems: true, items: VALUE }],
  },
};

/** What counts for a budget. What is wrong with it is told name by name, see {@link budgetScopeFaults}. */
export function IsBudgetScope(): PropertyDecorator {
  return ValidateBy({
    name: 'isBudgetScope',
    constraints: [SCHEMA],
    validator: {
      validate: (value) => budgetScopeFaults(value, '').length === 0,
      defaultMessage: () => MUST,
    },
  });
}

interface ScopeFault {
  readonly field: string;
  readonly message: string;
}

/** All faults of a budget's scope. */
export function budgetScopeFaults(value: unknown, field: string): readonly ScopeFault[] {
  if (!isPlainObject(value)) return [{ field, message: MUST }];
  const names = Object.keys(value);
  if (names.length > NAMES_MAX || names.some((name) => !isText(name, 1, SCOPE_NAME_LENGTH_MAX)))
    return [{ field, message: MUST }];
  return names.flatMap((name) => {
    const at = `${field}.${name}`;
    const same = names.find((other) => other !== name && plainScopeName(other) === plainScopeName(name));
    if (same !== undefined) return [{ field: at, message: `must not be given beside ${same}, which is the same tag` }];
    return areValues(value[name]) ? [] : [{ field: at, message: VALUES_MUST }];
  });
}

/** One name for one thing: a tag is bare, but for those that are called like what a usage or a key has. */
export function plainScopeName(name: string): string {
  const tag = name.startsWith(TAG) ? name.slice(TAG.length) : null;
  return tag === null || tag === '' || tag.startsWith(TAG) || OF_REQUESTS.includes(tag) ? name : tag;
}

function areValues(value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const areFew = values.length >= 1 && values.length <= VALUES_MAX;
  return areFew && new Set(values).size === values.length && values.every((one) => isText(one, 0, VALUE_LENGTH_MAX));
}
