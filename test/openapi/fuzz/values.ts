import { PLAIN_DECIMAL } from '#amounts';
import fc from 'fast-check';
import type { JsonSchema, JsonType } from '../../../apps/api/openapi/json-schema.ts';
import { MONTH } from '../../../apps/api/validation/month-rules.ts';
import { ACCOUNT_ID, BUDGET_NAME, ENVIRONMENT_NAME } from '../../../apps/api/validation/rules.ts';
import { apiDocument } from '../described-api.ts';
import { idsOf } from './known-ids.ts';

export const ACCOUNTS = ['acme', 'globex', 'initech'];
/** Closed from the start, as what is done about closed accounts wouldn't find one soon enough. */
export const CLOSED_ACCOUNT = 'hooli';
/** Owes from the start. */
export const INDEBTED_ACCOUNT = 'umbrella';

/** Values of a schema; where it lets much through, mostly those that mean something to the service. */
export function valuesOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const { examples, ...rest } = schema;
  // What fits a large schema by chance seldom fits the rules that no schema can say.
  if (examples && schema.type !== 'string') return fc.oneof(fc.constantFrom(...examples), valuesOf(rest));
  const { $ref, type, not, enum: values, anyOf } = schema;
  if ($ref !== undefined) return valuesOf(component($ref));
  if ('const' in schema) return fc.constant(schema.const);
  if (values) return fc.constantFrom(...values);
  if (anyOf && type === undefined) return fc.oneof(...anyOf.map(valuesOf));
  const types = [type ?? typesWithout(not?.type)].flat();
  return fc.oneof(...types.map((one) => ({ weight: one === 'null' ? 1 : 4, arbitrary: valuesOfType(one, schema) })));
}

const JSON_TYPES: readonly JsonType[] = ['string', 'integer', 'boolean', 'object', 'array', 'null'];

function typesWithout(excluded: JsonSchema['type'] = JSON_TYPES): JsonType[] {
  const others = new Set([excluded].flat());
  return JSON_TYPES.filter((one) => !others.has(one));
}

function component($ref: string): JsonSchema {
  const schemas: Readonly<Record<string, JsonSchema>> = apiDocument.components.schemas;
  const schema = schemas[$ref.replace('#/components/schemas/', '')];
  if (!schema) throw new Error(`There is no ${$ref}.`);
  return schema;
}

function valuesOfType(type: JsonType, schema: JsonSchema): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -1000, max: schema.maximum ?? 1000 });
    case 'string':
      return stringsOf(schema);
    case 'array':
      return listsOf(schema);
    case 'object':
      return objectsOf(schema);
  }
}

/** Some of our own, and some that are longer in UTF-16 or in the library's counting than in characters. */
const CHARACTERS = [...Array.from('abcxyzABC019 _-.:/"\\\n'), 'ä', 'ß', '漢', '💸', '‍', '️', 'ا'];
const SHORT_AMOUNTS = fc.constantFrom('1', '2.5', '0.000000000001', '10', '0.1', '100', '7.25', '1000000');

function stringsOf(schema: JsonSchema): fc.Arbitrary<string> {
  const { format, pattern, allOf = [], minLength = 0, maxLength = 40 } = schema;
  if (format !== undefined) return FORMATS[format] ?? unknownFormat(format);
  if (pattern !== undefined) {
    const further = allOf.map((one) => new RegExp(one.pattern ?? ''));
    return (idsOf(pattern) ?? patternValues(pattern)).filter((text) => further.every((one) => one.test(text)));
  }
  const unit = fc.constantFrom(...CHARACTERS);
  const asLongAsCanBe = unit.map((one) => one.repeat(maxLength));
  return fc.oneof({ weight: 9, arbitrary: fc.string({ unit, minLength, maxLength }) }, asLongAsCanBe);
}

function patternValues(pattern: string): fc.Arbitrary<string> {
  const any = fc.stringMatching(new RegExp(pattern));
  if (pattern === PLAIN_DECIMAL.source) return fc.oneof({ weight: 9, arbitrary: SHORT_AMOUNTS }, any);
  if (pattern === ACCOUNT_ID.source) {
    const special = fc.constantFrom(CLOSED_ACCOUNT, INDEBTED_ACCOUNT);
    const known = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...ACCOUNTS) }, special);
    return fc.oneof({ weight: 12, arbitrary: known }, any);
  }
  if (pattern === MONTH.source) return fc.oneof({ weight: 12, arbitrary: fc.nat({ max: 3 }).map(monthsAgo) }, any);
  if (pattern === BUDGET_NAME.source) return fc.oneof({ weight: 12, arbitrary: fc.constantFrom('day', 'month') }, any);
  if (pattern === ENVIRONMENT_NAME.source)
    return fc.oneof({ weight: 4, arbitrary: fc.constantFrom('live', 'test', 'staging') }, any);
  return any;
}

function monthsAgo(count: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count)).toISOString().slice(0, 7);
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'date-time': fc
    .tuple(
      // One time in three it has surely passed: what must be in the past is to be taken now and then.
      fc.oneof(
        { weight: 1, arbitrary: datesWithin('2020-01-01', '2026-01-01') },
        { weight: 2, arbitrary: datesWithin('2020-01-01', '2099-01-01') },
      ),
      fc.constantFrom('Z', '+05:30', '-11:00'),
    )
    .map(([date, offset]) => date.toISOString().replace('Z', offset)),
  'time-zone': fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires'),
  'webhook-url': fc.constantFrom(
    'https://acme.example/purser',
    'https://intranet.example/',
    'http://127.0.0.1:9/hooks',
  ),
  'ip-network': fc.constantFrom('127.0.0.0/8', '10.0.0.1', '::1', '2001:db8::/32', '0.0.0.0/0'),
};

function datesWithin(first: string, last: string): fc.Arbitrary<Date> {
  return fc.date({ min: new Date(first), max: new Date(last), noInvalidDate: true });
}

function unknownFormat(format: string): never {
  throw new Error(`Nothing makes strings of the format ${format}.`);
}

/** Of numbers made at random, most can't be kept exactly, and have the whole request refused. */
const JSON_VALUES = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom<unknown>('x', 'ä💸', 1, 0.5, true, null, ['a', 2], { run: { no: 1 } }) },
  fc.jsonValue(),
);
const LIST_LENGTH_MAX = 4;

function listsOf({ items, minItems = 0, maxItems = LIST_LENGTH_MAX, uniqueItems }: JsonSchema) {
  const length = { minLength: minItems, maxLength: Math.min(maxItems, LIST_LENGTH_MAX) };
  const values = items ? valuesOf(items) : JSON_VALUES;
  return uniqueItems === true ? fc.uniqueArray(values, length) : fc.array(values, length);
}

function objectsOf(schema: JsonSchema): fc.Arbitrary<object> {
  const { properties = {}, required = [], additionalProperties, propertyNames, allOf = [], examples } = schema;
  // What one of several alternatives asks for, beside all else.
  const anyOf = allOf.find((one) => one.anyOf)?.anyOf;
  // What fits its schema by chance seldom fits the rules that no schema can say.
  if (examples) {
    const sound = fc.constantFrom(...(examples as object[]));
    return fc.oneof({ weight: 6, arbitrary: sound }, objectsOf(withoutExamples(schema)));
  }
  if (anyOf) return fc.oneof(...anyOf.map((one) => objectsOf(narrowed(schema, one))));
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valuesOf(one)]));
  const known = fc.record(fields, { requiredKeys: [...required] });
  if (additionalProperties === false) return known;
  const names = stringsOf(propertyNames ?? {}).filter((name) => !(name in properties));
  const values = typeof additionalProperties === 'object' ? valuesOf(additionalProperties) : JSON_VALUES;
  const others = fc.dictionary(names, values, { maxKeys: 4 });
  return fc.tuple(known, others).map(([some, more]) => ({ ...more, ...some }));
}

function withoutExamples({ examples: _, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

/** The schema with what one of its alternatives asks for in addition. */
function narrowed({ allOf: _, ...schema }: JsonSchema, alternative: JsonSchema): JsonSchema {
  const properties = { ...schema.properties };
  for (const [name, more] of Object.entries(alternative.properties ?? {}))
    // A field of several forms says more by them than what the alternative adds.
    properties[name] = properties[name]?.anyOf ? properties[name] : { ...properties[name], ...more };
  return { ...schema, properties, required: [...(schema.required ?? []), ...(alternative.required ?? [])] };
}
