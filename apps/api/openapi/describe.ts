import type { JsonSchema } from './json-schema.ts';

interface FieldDescription {
  readonly description: string;
  readonly default?: string | number | boolean | readonly string[];
}

type BodyClass = abstract new () => object;

const FIELDS = new WeakMap<object, Map<string, FieldDescription>>();
const CLASSES = new WeakMap<object, JsonSchema>();

/**
 * Says what a field of a body or a query means, for the API's description; a field that nobody describes fails a test.
 *
 * @param assumed what counts where the field isn't given
 */
export function Describe(
  description: string,
  { default: assumed }: Pick<FieldDescription, 'default'> = {},
): PropertyDecorator {
  return (prototype, property) => {
    const fields = FIELDS.get(prototype) ?? new Map<string, FieldDescription>();
    const field = { description, ...(assumed === undefined ? {} : { default: assumed }) };
    FIELDS.set(prototype, fields.set(String(property), field));
  };
}

/** What no single field says about a body. */
export function DescribeBody(schema: JsonSchema): ClassDecorator {
  return (bodyClass) => {
    CLASSES.set(bodyClass, schema);
  };
}

/** A field's description, the class's own or one that it inherits; empty where there is none. */
export function descriptionOf(bodyClass: BodyClass, field: string): Partial<FieldDescription> {
  let prototype: unknown = bodyClass.prototype;
  while (typeof prototype === 'object' && prototype !== null) {
    const found = FIELDS.get(prototype)?.get(field);
    if (found) return found;
    prototype = Object.getPrototypeOf(prototype);
  }
  return {};
}

export function bodyDescriptionOf(bodyClass: BodyClass): JsonSchema {
  return CLASSES.get(bodyClass) ?? {};
}
