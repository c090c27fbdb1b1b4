import { idPattern, type IdKind } from '#ledger';
import type { JsonSchema } from './json-schema.ts';

/** A schema for each of a view's fields: one that gets a new field doesn't compile until it is described. */
export type FieldSchemas<View> = { readonly [Field in keyof View]-?: JsonSchema };

/**
 * An object whose fields are always there, but for those that only some of its kind have. Clients are to expect more of them
 * some day.
 */
export function viewSchema<View>(
  description: string,
  properties: FieldSchemas<View>,
  optional: readonly (keyof View & string)[] = [],
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !(optional as readonly string[]).includes(name));
  return { type: 'object', description, properties, required };
}

/** A list's answer. */
export function listSchema(items: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: {
      data: { type: 'array', items, description: 'The objects on this page, newest first.' },
      next_cursor: {
        type: ['string', 'null'],
        description: 'Send it as `cursor` to get the next page; `null` on the last page.',
      },
    },
    required: ['data', 'next_cursor'],
  };
}

export function amount(description: string): JsonSchema {
  return { type: 'string', pattern: '^\\d+(?:\\.\\d{1,12})?$', description };
}

/** An amount that may be below zero. */
export function signedAmount(description: string): JsonSchema {
  return { type: 'string', pattern: '^-?\\d+(?:\\.\\d{1,12})?$', description };
}

export function instant(description: string): JsonSchema {
  return { type: 'string', format: 'date-time', description };
}

export function id(kind: IdKind, description: string): JsonSchema {
  return { type: 'string', pattern: idPattern(kind), description };
}

/** A whole number from 0 on. */
export function count(description: string): JsonSchema {
  return { type: 'integer', minimum: 0, description };
}

export function text(description: string): JsonSchema {
  return { type: 'string', description };
}

export function choice(values: readonly string[], description: string): JsonSchema {
  return { type: 'string', enum: values, description };
}

export function metadata(description = 'As sent.'): JsonSchema {
  return { type: 'object', description, additionalProperties: true };
}
