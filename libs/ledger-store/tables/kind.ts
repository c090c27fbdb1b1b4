import { Amount, formatAmount, ZERO } from '#amounts';
import { isoTime } from '../iso-time.ts';

/** A value as it stands in the parameter of a statement, among those of other rows. */
export type Parameter = string | number | boolean;

/**
 * What a column keeps: its type in Postgres, and how a value is read and written. NUMERIC and BIGINT arrive as text, so no
 * amount meets a float.
 */
export interface Kind<Value, Stored> {
  /** The type of the column, or the one that its domain is made of. */
  readonly type: string;
  /** How the values of many rows make one parameter, see `statement.ts`. */
  readonly travels: 'as array' | 'as text';
  // Methods, so that a kind of whatever values is a `Kind<unknown, unknown>`.
  read(stored: Stored): Value;
  write(value: Value): Parameter;
}

export const uuid = plain<string>('uuid');
export const boolean = plain<boolean>('boolean');
export const integer = plain<number>('integer');
export const smallint = plain<number>('smallint');
export const accountKey = plain<string>('bigint');

/** A number that stays below 2⁵³. */
export const counter: Kind<number, string> = {
  type: 'bigint',
  travels: 'as array',
  read: Number,
  write: asIs,
};

/** A number of up to 64 bits. */
export const bits64: Kind<bigint, string> = {
  type: 'bigint',
  travels: 'as array',
  read: BigInt,
  write: String,
};

/** Half of the amounts that come and go are zero, which needs no parsing and no formatting. */
export const numeric: Kind<Amount, string> = {
  type: 'numeric',
  travels: 'as array',
  read: (stored) => (stored === '0' ? ZERO : new Amount(stored)),
  write: (amount) => (amount.isZero() ? '0' : formatAmount(amount)),
};

/** An amount that stays text. */
export const numericText = plain<string>('numeric');

/** Milliseconds since 1970. */
export const time: Kind<number, Date> = {
  type: 'timestamptz',
  travels: 'as array',
  read: (stored) => stored.getTime(),
  write: isoTime,
};

export function enumeration<Value extends string>(type: string): Kind<Value, Value> {
  return plain<Value>(type);
}

export function text<Value extends string = string>(): Kind<Value, Value> {
  return { type: 'text', travels: 'as array', read: asIs, write: quoted };
}

/** JSON that is kept byte for byte. */
export const document: Kind<string, string> = { type: 'text', travels: 'as text', read: asIs, write: asIs };

/** A value that is its own JSON. */
export function json<Value>(): Kind<Value, Value> {
  return { type: 'jsonb', travels: 'as text', read: asIs, write: (value) => JSON.stringify(value) };
}

/** A value that is kept in another form. */
export function jsonAs<Value, Stored>(
  read: (stored: Stored) => Value,
  form: (value: Value) => Stored,
): Kind<Value, Stored> {
  return { type: 'jsonb', travels: 'as text', read, write: (value) => JSON.stringify(form(value)) };
}

export interface ListKind<Item, Stored> extends Kind<readonly Item[], readonly Stored[]> {
  /** A new list, that may grow. */
  read(stored: readonly Stored[]): Item[];
}

/** A list whose items are kept in another form. Most lists are empty. */
export function jsonList<Item, Stored>(
  read: (stored: Stored) => Item,
  form: (item: Item) => Stored,
): ListKind<Item, Stored> {
  return {
    type: 'jsonb',
    travels: 'as text',
    read: (stored) => stored.map(read),
    write: (list) => (list.length === 0 ? '[]' : JSON.stringify(list.map(form))),
  };
}

/** Reads or writes a value that needs no change. Loops over many values leave the call out. */
export function asIs<Value>(value: Value): Value {
  return value;
}

/** Values that are in an array what they are alone: the literal takes none of their characters for its own. */
function plain<Value extends string | number | boolean>(type: string): Kind<Value, Value> {
  return { type, travels: 'as array', read: asIs, write: asIs };
}

function quoted(value: string): string {
  return `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, '\\$&') : value}"`;
}
