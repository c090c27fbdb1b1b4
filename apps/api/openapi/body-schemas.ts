import { gatheredFieldOf, nestedClassOf, type BodyClass } from '../validation/body-classes.ts';
import { bodyDescriptionOf, descriptionOf } from './describe.ts';
import { fieldsOf, orNull, type FieldRules } from './field-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** A parameter of a query, as OpenAPI has it. */
export interface QueryParameter {
  readonly name: string;
  readonly in: 'query';
  readonly required: boolean;
  /** An object's properties are parameters of their own. */
  readonly style?: 'form';
  readonly explode?: true;
  readonly description?: string;
  readonly schema: JsonSchema;
}

export function ref(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The schemas of bodies, by the names of their classes, put together as they are asked for. */
export class BodySchemas {
  readonly schemas: Record<string, JsonSchema> = {};

  /** @returns a reference to the class's schema */
  of(bodyClass: BodyClass): JsonSchema {
    const { name } = bodyClass;
    if (!(name in this.schemas)) {
      // Taken first: a class may have fields of itself.
      this.schemas[name] = {};
      this.schemas[name] = this.schemaOf(bodyClass);
    }
    return ref(name);
  }

  /** Whether a body without fields would be refused. */
  hasRequired(bodyClass: BodyClass): boolean {
    const { required = [] } = this.schemaOf(bodyClass);
    const { anyOf = [{}] } = bodyDescriptionOf(bodyClass);
    return required.length > 0 || anyOf.every((one) => one.required !== undefined);
  }

  private schemaOf(bodyClass: BodyClass): JsonSchema {
    const fields = fieldsOf(bodyClass);
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    const { anyOf, ...described } = bodyDescriptionOf(bodyClass);
    return {
      type: 'object',
      properties: Object.fromEntries(fields.map((field) => [field.name, this.fieldSchema(bodyClass, field)])),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
      ...described,
      // Beside `properties`, generators of clients take an `anyOf` for something that a body may be in place of them.
      ...(anyOf && { allOf: [{ anyOf }] }),
    };
  }

  private fieldSchema(bodyClass: BodyClass, { name, schema, required, nested }: FieldRules): JsonSchema {
    const whole = nested ? this.nestedSchema(nestedClassOf(bodyClass, name), schema) : schema;
    return { ...bodyFieldDescription(bodyClass, name), ...(required ? whole : orNull(whole)) };
  }

  private nestedSchema(nestedClass: BodyClass, schema: JsonSchema): JsonSchema {
    const object = this.of(nestedClass);
    return schema.type === 'array' ? { ...schema, items: object } : object;
  }
}

/** With the default in words: of a property with a `default`, generators of clients make one that must be given. */
function bodyFieldDescription(bodyClass: BodyClass, name: string): Pick<JsonSchema, 'description'> {
  const { description, default: assumed } = descriptionOf(bodyClass, name);
  if (description === undefined) return {};
  return { description: assumed === undefined ? description : `${description} Default: \`${String(assumed)}\`.` };
}

/** The parameters of a query's class. A query has no `null`. */
export function queryParameters(queryClass: BodyClass): QueryParameter[] {
  return fieldsOf(queryClass).map(({ name, schema, required }) => {
    const { description, ...assumed } = descriptionOf(queryClass, name);
    return {
      name,
      in: 'query',
      required,
      ...(name === gatheredFieldOf(queryClass) ? { style: 'form', explode: true } : {}),
      ...(description === undefined ? {} : { description }),
      schema: { ...schema, ...assumed },
    };
  });
}
