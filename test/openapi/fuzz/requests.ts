import fc from 'fast-check';
import type { JsonSchema } from '../../../apps/api/openapi/json-schema.ts';
import type { Operation } from '../described-api.ts';
import { CALLERS, type CallerName } from './callers.ts';
import { mutated } from './mutations.ts';
import { valuesOf } from './values.ts';

type Parameters = readonly (readonly [name: string, value: string])[];

/** A request as the description has it, or as it doesn't. */
export interface FuzzRequest {
  /** Its `operationId`. */
  readonly operation: string;
  readonly caller: CallerName;
  /** By their names, as they stand in the path. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Parameters;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | null;
}

interface Parameter {
  readonly name: string;
  readonly schema: JsonSchema;
}

function mostly<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: unusual });
}

const callers: fc.Arbitrary<CallerName> = fc.oneof(
  { weight: 12, arbitrary: fc.constant('live admin' as const) },
  { weight: 6, arbitrary: fc.constantFrom('test admin' as const, 'staging admin' as const) },
  { weight: 3, arbitrary: fc.constantFrom(...CALLERS) },
);

const BROKEN_SEGMENTS = [
  '',
  '%',
  '%zz',
  '%00',
  '%ff',
  '.',
  '..',
  '%2e%2e',
  'a%2fb',
  '💸',
  'x'.repeat(250),
  '*',
  'a%20b',
];

function segments({ schema }: Parameter): fc.Arbitrary<string> {
  const sound = valuesOf(schema).map((value) => encodeURIComponent(String(value)));
  return mostly(sound, fc.constantFrom(...BROKEN_SEGMENTS.map(encodeURI)), 15);
}

const JUNK_TEXTS = [
  '',
  ' ',
  '0',
  '101',
  '1.5',
  '-1',
  'null',
  '\0',
  'a'.repeat(2000),
  'ä💸',
  '2999-01-01T00:00:00Z',
  '[]',
];

function queries({ method }: Operation, parameters: readonly Parameter[]) {
  const one = parameters.map(({ name, schema }) => {
    const values = mostly(valuesOf(schema).map(String), fc.constantFrom(...JUNK_TEXTS), 6);
    const given = fc.array(values, { minLength: 1, maxLength: 1 });
    // Mostly left out: of several that are given, one is soon wrong, like a cursor that was never given out.
    const times = fc.oneof({ weight: 20, arbitrary: fc.constant([]) }, { weight: 12, arbitrary: given }, twice(values));
    return times.map((all) => all.map((value) => [name, value] as const));
  });
  const none = fc.constant<Parameters>([]);
  const unheardOf = fc.constantFrom<Parameters[]>([['unheard_of', '1']], [['limit[]', '1']]);
  const others = method === 'GET' ? mostly(none, unheardOf, 20) : none;
  return fc.tuple(...one, others).map((all) => all.flat());
}

function twice<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T[]> {
  return fc.array(values, { minLength: 2, maxLength: 2 });
}

const BROKEN_KEYS = ['', 'x'.repeat(256), 'clé', 'a\tb'];
const idempotencyKeys = fc.oneof(
  { weight: 10, arbitrary: fc.constant(null) },
  { weight: 8, arbitrary: fc.nat({ max: 200 }).map((no) => `key ${String(no)}`) },
  { weight: 1, arbitrary: fc.constantFrom(...BROKEN_KEYS) },
);
const contentTypes = mostly<string | null>(
  fc.constantFrom('application/json', 'application/json', 'application/json; charset=utf-8'),
  fc.constantFrom(null, 'text/plain', 'application/xml', 'multipart/form-data', 'application/jsonl', 'json', ';'),
  25,
);
const paddings = mostly<string | null>(fc.constant(null), fc.constant('x'.repeat(20_000)), 300);

interface HeaderValues {
  readonly idempotencyKey: string | null;
  readonly contentType: string | null;
  readonly padding: string | null;
}

function headersOf({ idempotencyKey, contentType, padding }: HeaderValues, hasPayload: boolean) {
  return {
    ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
    ...(contentType === null || !hasPayload ? {} : { 'content-type': contentType }),
    ...(padding === null ? {} : { 'x-padding': padding }),
  };
}

const BROKEN_TEXTS = ['null', '[]', '"x"', '1', '{', '{"a":}', '{}{}', '﻿{}', 'NaN', '{"a":1,"a":2}', ' ', "{'a':1}"];

function payloads({ object }: Operation): fc.Arbitrary<string | null> {
  if (!('requestBody' in object)) return fc.constant(null);
  const bodies = valuesOf(object.requestBody.content['application/json'].schema);
  const texts = (values: fc.Arbitrary<unknown>): fc.Arbitrary<string | null> =>
    values.map((value) => (JSON.stringify(value) as string | undefined) ?? null);
  return fc.oneof(
    { weight: 24, arbitrary: texts(bodies) },
    { weight: 10, arbitrary: texts(mutated(bodies)) },
    { weight: 1, arbitrary: fc.constantFrom<string | null>(null, '', ...BROKEN_TEXTS) },
    { weight: 1, arbitrary: texts(bodies).map((text) => (text ?? '').slice(0, -1)) },
  );
}

/** Every part is mostly as it should be, so that what is wrong is mostly one thing. */
function requestsOf(operation: Operation): fc.Arbitrary<FuzzRequest> {
  const { parameters, security } = operation.object;
  const isOpen = security.length === 0;
  const inPath = parameters.filter((one) => one.in === 'path');
  // Of an object, each property is a parameter of its own, with a name of its own; specs of its operation send those.
  const inQuery = isOpen ? [] : parameters.filter((one) => one.in === 'query' && one.schema.type !== 'object');
  const takesKey = parameters.some((one) => one.name === 'Idempotency-Key');
  return fc
    .record({
      caller: callers,
      path: fc.record(Object.fromEntries(inPath.map((one) => [one.name, segments(one)]))),
      query: isOpen ? fc.constant([]) : queries(operation, inQuery),
      payload: payloads(operation),
      idempotencyKey: takesKey ? idempotencyKeys : fc.constant(null),
      contentType: contentTypes,
      padding: paddings,
    })
    .map(({ caller, path, query, payload, ...headers }) => ({
      operation: operation.object.operationId,
      caller,
      path,
      query,
      headers: headersOf(headers, payload !== null),
      payload,
    }));
}

/** Requests to these operations, to those that change something more often. */
export function requestsTo(operations: readonly Operation[]): fc.Arbitrary<FuzzRequest> {
  return fc.oneof(
    ...operations.map((operation) => ({ weight: weightOf(operation), arbitrary: requestsOf(operation) })),
  );
}

function weightOf({ method, object }: Operation): number {
  // A closed or suspended account takes nothing new: if many were, nothing else would ever be done.
  if (object.operationId === 'closeAccount' || object.operationId === 'suspendAccount') return 10;
  if (object.security.length === 0) return 10;
  return method === 'GET' ? 30 : 60;
}
