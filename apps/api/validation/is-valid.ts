import { getMetadataStorage, ValidationTypes, type ValidationArguments } from 'class-validator';

type Check = (value: unknown, args: ValidationArguments) => unknown;

/** What the decorators of a class ask of one field. */
interface Field {
  readonly name: string;
  /** Where one of them doesn't hold, nothing else is asked. */
  readonly conditions: readonly ((body: object, value: unknown) => boolean)[];
  readonly checks: readonly {
    readonly check: Check;
    readonly constraints: unknown[];
    /** Whether it is asked of each item of a list. */
    readonly each: boolean;
  }[];
  /** Whether its value, or each item of a list, is an object of a class of its own. */
  readonly isNested: boolean;
}

/** By the class of a body; `null` where its decorators ask for something that only the library knows. */
const FIELDS = new WeakMap<object, ReadonlyMap<string, Field> | null>();

/**
 * Whether an object passes all checks of its class and has no other field. The library takes eight times as long for the same,
 * because it prepares a list of errors for every field, and collects the class's checks anew each time. Where this says no,
 * the library tells what is wrong, if anything is.
 */
export function isValid(body: object): boolean {
  const fields = fieldsOf(body.constructor);
  if (!fields) return false;
  for (const name of Object.keys(body)) if (!fields.has(name)) return false;
  for (const field of fields.values()) if (!isFieldValid(body, field)) return false;
  return true;
}

function isFieldValid(body: object, { name, conditions, checks, isNested }: Field): boolean {
  const value = (body as Readonly<Record<string, unknown>>)[name];
  for (const holds of conditions) if (!holds(body, value)) return true;
  for (const { check, constraints, each } of checks) {
    const args = { targetName: body.constructor.name, property: name, object: body, value, constraints };
    const values: readonly unknown[] = each && Array.isArray(value) ? value : [value];
    for (const one of values) if (check(one, args) !== true) return false;
  }
  return !isNested || isNestedValid(value);
}

function isNestedValid(value: unknown): boolean {
  if (value === undefined) return true;
  if (Array.isArray(value)) return value.every(isNestedValid);
  return value instanceof Object && isValid(value);
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the library's own type of a class
function fieldsOf(bodyClass: Function): ReadonlyMap<string, Field> | null {
  const known = FIELDS.get(bodyClass);
  if (known !== undefined) return known;
  const fields = readFields(bodyClass);
  FIELDS.set(bodyClass, fields);
  return fields;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the library's own type of a class
function readFields(bodyClass: Function): ReadonlyMap<string, Field> | null {
  const storage = getMetadataStorage();
  const decorators = storage.getTargetValidationMetadatas(bodyClass, '', false, false);
  const fields = new Map<string, Field>();
  for (const { type, propertyName: name, constraintCls, constraints, each, validateIf } of decorators) {
    if (validateIf) return null;
    const field = fields.get(name) ?? { name, conditions: [], checks: [], isNested: false };
    if (type === ValidationTypes.CONDITIONAL_VALIDATION) {
      fields.set(name, { ...field, conditions: [...field.conditions, constraints[0] as Field['conditions'][number]] });
    } else if (type === ValidationTypes.NESTED_VALIDATION) {
      fields.set(name, { ...field, isNested: true });
    } else if (type === ValidationTypes.CUSTOM_VALIDATION) {
      const checks = storage.getTargetValidatorConstraints(constraintCls).map(({ instance }) => ({
        check: (value: unknown, args: ValidationArguments) => instance.validate(value, args),
        constraints: constraints as unknown[],
        each,
      }));
      fields.set(name, { ...field, checks: [...field.checks, ...checks] });
    } else return null;
  }
  return fields.size > 0 ? fields : null;
}
