import { getMetadataStorage } from 'class-validator';
import type { BodyClass } from '../validation/body-classes.ts';
import type { JsonSchema, JsonType } from './json-schema.ts';

/** What the checks of one field ask for. */
export interface FieldRules {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** Its value, or each of its items, is an object with a class of its own. */
  readonly nested: boolean;
}

type Check = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

/** The library's own checks that our bodies use, as JSON Schema. Ours carry their schemas themselves. */
const LIBRARY_CHECKS: Readonly<Record<string, (limit: never) => JsonSchema>> = {
  isString: () => ({ type: 'string' }),
  isBoolean: () => ({ type: 'boolean' }),
  isObject: () => ({ type: 'object', additionalProperties: true }),
  isArray: () => ({ type: 'array' }),
  isIn: (values: readonly string[]) => ({ type: 'string', enum: values }),
  arrayMinSize: (minItems: number) => ({ minItems }),
  arrayMaxSize: (maxItems: number) => ({ maxItems }),
  arrayUnique: () => ({ uniqueItems: true }),
};

/**
 * The fields of a body's or a query's class, as its checks want them.
 * @throws Error for a check that nobody has said as a schema
 */
export function fieldsOf(bodyClass: BodyClass): FieldRules[] {
  const byField = Map.groupBy(
    getMetadataStorage().getTargetValidationMetadatas(bodyClass, '', false, false),
    ({ propertyName }) => propertyName,
  );
  return [...byField].map(([name, checks]) => ({
    name,
    schema: checks.map(schemaOf).reduce(together, {}),
    required: checks.every(({ type }) => type !== 'conditionalValidation'),
    nested: checks.some(({ type }) => type === 'nestedValidation'),
  }));
}

function schemaOf({ type, name = '', constraints, each, propertyName }: Check): JsonSchema {
  if (type !== 'customValidation') return {};
  const [constraint] = (constraints as readonly unknown[] | undefined) ?? [];
  const schema = LIBRARY_CHECKS[name]?.(constraint as never) ?? constraint;
  if (typeof schema !== 'object' || schema === null)
    throw new Error(
      `The check ${name} of the field ${propertyName} has no JSON Schema. Give it one in field-schema.ts.`,
    );
  return each ? { items: schema } : schema;
}

function together(one: JsonSchema, other: JsonSchema): JsonSchema {
  const items = one.items && other.items ? { items: together(one.items, other.items) } : {};
  return { ...one, ...other, ...items };
}

/** The schema that takes `null` too. */
export function orNull(schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema;
  if (type === undefined) return { anyOf: [schema, { type: 'null' }] };
  return {
    ...schema,
    type: [...new Set<JsonType>([...[type].flat(), 'null'])],
    ...(values ? { enum: [...values, null] } : {}),
  };
}
