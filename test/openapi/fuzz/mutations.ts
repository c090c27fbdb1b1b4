import fc from 'fast-check';

/** Something that is done to one place of a JSON value. */
interface Mutation {
  /** Which place, counted through the whole value and around again. */
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'repeat';
  readonly name: string;
  readonly junk: unknown;
}

const DEEPER_THAN_ALLOWED = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), 1);

const JUNK: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 1, 1.5, 256, 86_401, 1e21, Number.MAX_SAFE_INTEGER + 1, Number.MIN_VALUE],
  ...['', ' ', '0', '-1', '+1', '1e3', '.5', '5.', '١', 'NaN', 'true', '1'.repeat(27), '0.0000000000001'],
  ...['\0', 'a\0b', '\ud800', '\udc00a', '💸'.repeat(200), 'x️'.repeat(300), 'a'.repeat(129), 'a'.repeat(20_000)],
  ...['2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z', '2026-01-01 00:00:00Z'],
  ...['2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+23:60', '1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z'],
  ...['1900-02-29T00:00:00Z', '2026-01-01t00:00:00.123456789z', '2026-01-01T00:00:00.1234567890Z', '2026-01-01'],
  ...['admin', 'test', 'acme', 'auth_80000000000000000000000000', '127.0.0.1/33', 'UTC+1', '../..', "'; select 1"],
  ...[[], [[]], [null], {}, { a: {} }, { constructor: 1 }, { event: 'x', toString: '1' }, DEEPER_THAN_ALLOWED],
];
const LARGER_THAN_ALLOWED = 'x'.repeat(1_100_000);
const NAMES = ['unheard_of', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'length', 'id', 'a\0', '0'];

const mutations: fc.Arbitrary<Mutation> = fc.record({
  at: fc.nat({ max: 40 }),
  how: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'repeat'),
  name: fc.constantFrom(...NAMES),
  junk: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...JUNK) },
    { weight: 10, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constant(LARGER_THAN_ALLOWED) },
  ),
});

/** The values, each changed in one to three places. What is `undefined` then is no value any more. */
export function mutated(values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const some = fc.array(mutations, { minLength: 1, maxLength: 3 });
  return fc.tuple(values, some).map(([value, all]) => {
    const root = { value: structuredClone(value) };
    for (const one of all) mutate(root, one);
    return root.value;
  });
}

interface Place {
  readonly holder: object;
  readonly name: string;
  readonly value: unknown;
}

function mutate(root: object, { at, how, name, junk }: Mutation): void {
  const places = placesIn(root);
  const place = places[at % places.length];
  if (!place) return;
  const { value } = place;
  if (how === 'remove') Reflect.deleteProperty(place.holder, place.name);
  else if (how === 'add' && Array.isArray(value)) value.push(structuredClone(junk));
  else if (how === 'add' && isObject(value)) put(value, name, structuredClone(junk));
  else if (how === 'repeat' && Array.isArray(value)) put(place.holder, place.name, Array(1001).fill(value[0] ?? junk));
  else put(place.holder, place.name, structuredClone(junk));
}

/** Every place in a value. */
function placesIn(holder: object): Place[] {
  return Object.entries(holder).flatMap(([name, value]) => [
    { holder, name, value: value as unknown },
    ...(isObject(value) ? placesIn(value) : []),
  ]);
}

/** Defined, not assigned: the name may be `__proto__`. */
function put(holder: object, name: string, value: unknown): void {
  Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
