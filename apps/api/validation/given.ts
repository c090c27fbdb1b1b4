import type { JsonSchema } from '../openapi/json-schema.ts';

/** A field that is there, and not `null`. */
export const GIVEN: JsonSchema = { not: { type: 'null' } };
export const NOT_GIVEN: JsonSchema = { type: 'null' };

/** Both fields are given, or neither is. */
export function together(one: string, other: string): JsonSchema {
  return {
    anyOf: [
      { required: [one, other], properties: { [one]: GIVEN, [other]: GIVEN } },
      { properties: { [one]: NOT_GIVEN, [other]: NOT_GIVEN } },
    ],
  };
}
