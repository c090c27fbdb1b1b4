import { MAX_BATCH_ITEMS } from '#ledger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsObject, ValidateNested } from 'class-validator';
import { isPlainObject } from './rules.ts';

export type BodyClass = new () => object;

/** Which fields of a class are objects of another: by the class's prototype, then by the field's name. */
const NESTED = new WeakMap<object, Map<string, () => BodyClass>>();

/** Classes that stand for “anything” in a controller's signature. */
const NO_BODY_CLASSES: readonly unknown[] = [Object, String, Number, Boolean, Array];

export function isBodyClass(type: unknown): type is BodyClass {
  return typeof type === 'function' && !NO_BODY_CLASSES.includes(type);
}

/**
 * Makes an object of a body's class out of what was sent. Only the fields themselves are copied: whatever is free in form
 * (metadata, tags, usage) stays exactly as it came.
 */
export function bodyOf(bodyClass: BodyClass, sent: unknown): object {
  const body = new bodyClass() as Record<string, unknown>;
  if (!isPlainObject(sent)) return body;
  for (const [name, value] of Object.entries(gathered(bodyClass, sent)).slice(0, FIELDS_MAX)) {
    const of = nestedIn(bodyClass, name);
    body[fieldName(name)] = of ? nestedOf(of(), value) : value;
  }
  return body;
}

/** By the prototype of a query's class, the name of the field that is {@link Gathered}. */
const GATHERED = new WeakMap<object, string>();

/** A field of a query that is given in parts, as `name.KEY=value` once for every key. It is an object of these. */
export const Gathered: PropertyDecorator = (prototype, property) => {
  GATHERED.set(prototype, String(property));
};

/** The class's field that is {@link Gathered}, if it has one. */
export function gatheredFieldOf(bodyClass: BodyClass): string | undefined {
  return GATHERED.get(bodyClass.prototype as object);
}

function gathered(bodyClass: BodyClass, sent: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const field = gatheredFieldOf(bodyClass);
  if (field === undefined) return sent;
  const isPart = (name: string): boolean => name.startsWith(`${field}.`);
  const parts = Object.entries(sent).filter(([name]) => isPart(name));
  if (parts.length === 0) return sent;
  const others = Object.entries(sent).filter(([name]) => !isPart(name));
  const whole = Object.fromEntries(parts.map(([name, value]) => [name.slice(field.length + 1), value]));
  return Object.fromEntries([...others, [field, whole]]);
}

/** No body has nearly so many fields: where more are sent, some of the first are unknown and the request is refused. */
const FIELDS_MAX = 200;

/**
 * The checks find an object's class by its `constructor`, and take what every object inherits, like `hasOwnProperty`, for
 * a known field. No field of ours has such a name, nor may one be assigned that is called `__proto__`: so it gets another here,
 * and is refused under its own.
 */
function fieldName(name: string): string {
  return name in Object.prototype ? `${name}${INHERITED}` : name;
}

/** The name that a field was sent with. */
export function sentName(field: string): string {
  return field.endsWith(INHERITED) ? field.slice(0, -INHERITED.length) : field;
}

/** No name that is sent ends like this: NUL is refused. */
const INHERITED = '\0';

/** No list stands for an object, nor within a list: the checks would look through it. */
function nestedOf(bodyClass: BodyClass, value: unknown): unknown {
  // Of a list that is too long, one more than may be is enough to see it.
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_BATCH_ITEMS + 1);
    return items.map((item) => (isPlainObject(item) ? bodyOf(bodyClass, item) : null));
  }
  return isPlainObject(value) ? bodyOf(bodyClass, value) : value;
}

/** A field that is an object of its own class. */
export function Nested(of: () => BodyClass): PropertyDecorator {
  return together(of, [IsObject(), ValidateNested()]);
}

/** The class of a field, which the body's class may inherit. */
function nestedIn(bodyClass: BodyClass, field: string): (() => BodyClass) | undefined {
  let prototype: unknown = bodyClass.prototype;
  while (typeof prototype === 'object' && prototype !== null) {
    const of = NESTED.get(prototype)?.get(field);
    if (of) return of;
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
}

/** The class of a field that is {@link Nested}, or of a batch's items. */
export function nestedClassOf(bodyClass: BodyClass, field: string): BodyClass {
  const of = nestedIn(bodyClass, field);
  if (!of) throw new Error(`The field ${field} of ${bodyClass.name} has no class of its own.`);
  return of();
}

/** A list of at most so many objects of a class, each checked. */
export function NestedList(of: () => BodyClass, max: number): PropertyDecorator {
  return together(of, [IsArray(), ArrayMaxSize(max), ValidateNested({ each: true, message: 'must be an object' })]);
}

/** A batch's items: 1 to 1 000 objects of a class, each checked; faults are told by index. */
export function BatchItems(of: () => BodyClass): PropertyDecorator {
  return together(of, [
    IsArray(),
    ArrayMinSize(1),
    ArrayMaxSize(MAX_BATCH_ITEMS),
    ValidateNested({ each: true, message: 'must be an object' }),
  ]);
}

function together(of: () => BodyClass, checks: readonly PropertyDecorator[]): PropertyDecorator {
  return (prototype, property) => {
    const fields = NESTED.get(prototype) ?? new Map<string, () => BodyClass>();
    NESTED.set(prototype, fields.set(String(property), of));
    for (const check of checks) check(prototype, property);
  };
}
