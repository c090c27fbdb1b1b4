import { Column, type AnyColumn } from './column.ts';
import { asIs, type Parameter } from './kind.ts';

/**
 * Who owns the rows of a table. What an account owns can be moved elsewhere with it: `account_id` leads its key, and no
 * foreign key leads from it to what stands beside all accounts.
 */
export type TableOwner = 'account' | 'environment';

/** Columns by the fields of the object that a row means. A field that is an object may have columns for its own fields. */
export interface Columns {
  readonly [field: string]: AnyColumn | Columns;
}

interface Description<C extends Columns, Constants> {
  readonly name: string;
  readonly owner: TableOwner;
  readonly columns: C;
  /** Columns that are written and never read. */
  readonly computed?: readonly WrittenColumn<Written<C>>[];
  /** Fields of the object that have the same value in every row, so that no column keeps it. */
  readonly constants?: Constants;
}

/** A table by its description: what statements and readers are made of. */
export interface Table<Written, Row, Read> {
  readonly name: string;
  readonly owner: TableOwner;
  /** The columns that an insert writes. */
  readonly written: readonly WrittenColumn<Written>[];
  /** The columns that a reader reads. */
  readonly read: readonly AnyColumn[];
  readonly fromRow: (row: Row) => Read;
}

/** A row of the table, as Postgres answers it. */
export type RowOf<T> = T extends { readonly fromRow: (row: infer Row) => unknown } ? Row : never;

export interface WrittenColumn<Written> {
  readonly column: AnyColumn;
  /** The column's values in these objects. */
  parametersOf(objects: readonly Written[]): Parameter[];
}

export function table<const C extends Columns, Constants = unknown>({
  name,
  owner,
  columns,
  computed = [],
  constants,
}: Description<C, Constants>): Table<Written<C>, Row<C>, Read<C> & Constants> {
  const all = placed(columns);
  const stored = all.filter(({ column }) => !column.role.isGenerated);
  return {
    name,
    owner,
    written: [...stored.map(writtenFrom), ...computed],
    read: all.map(({ column }) => column),
    // The reader goes through the columns in a loop, of which the compiler can't know what it knows of each of them.
    fromRow: readerOf(columns, { ...constants }) as (row: Row<C>) => Read<C> & Constants,
  };
}

/** A column that is made of the whole object, for an index or a constraint. */
export function computed<Written, Value>(
  column: Column<string, Value, unknown>,
  valueOf: (object: Written) => Value,
): WrittenColumn<Written> {
  const { kind } = column;
  const none = kind.travels === 'as array' ? 'NULL' : '';
  const write = (value: Value): Parameter => (value === null ? none : kind.write(value));
  return { column, parametersOf: (objects) => objects.map((object) => write(valueOf(object))) };
}

type Read<C> = {
  [Field in keyof C]: C[Field] extends Column<string, infer Value, unknown, boolean> ? Value : Read<C[Field]>;
};

type Written<C> = {
  [
    Field in keyof C as C[Field] extends Column<string, unknown, unknown, true> ? never : Field
  ]: C[Field] extends Column<string, infer Value, unknown> ? Value : Written<C[Field]>;
};

type ColumnsIn<C> = {
  [Field in keyof C]: C[Field] extends AnyColumn ? C[Field] : ColumnsIn<C[Field]>;
}[keyof C];

type Row<C> = {
  [One in ColumnsIn<C> as NameOf<One>]: One extends Column<string, unknown, infer Stored, boolean> ? Stored : never;
};

type NameOf<One> = One extends AnyColumn ? One['name'] : never;

interface PlacedColumn {
  readonly column: AnyColumn;
  /** The fields that lead to its value. */
  readonly path: readonly string[];
}

type Fields = Record<string, unknown>;

function placed(columns: Columns, path: readonly string[] = []): PlacedColumn[] {
  return Object.entries(columns).flatMap(([field, entry]) => {
    const own = [...path, field];
    return entry instanceof Column ? [{ column: entry, path: own }] : placed(entry, own);
  });
}

function writtenFrom({ column, path }: PlacedColumn): WrittenColumn<unknown> {
  const { kind } = column;
  const groups = path.slice(0, -1);
  const field = path.at(-1) ?? '';
  const none = kind.travels === 'as array' ? 'NULL' : '';
  const isPlain = kind.write === asIs;
  return {
    column,
    // A batch has thousands of values, so these loops call no function that a value doesn't need.
    parametersOf: (objects) => {
      const owners = groups.reduce((outer, group) => outer.map((one) => one[group] as Fields), objects as Fields[]);
      if (isPlain) return owners.map((owner) => (owner[field] ?? none) as Parameter);
      if (!column.role.isNullable) return owners.map((owner) => kind.write(owner[field]));
      return owners.map((owner) => {
        const value = owner[field];
        return value === null ? none : kind.write(value);
      });
    },
  };
}

/**
 * An object to be copied, because copying all fields is faster than adding them one by one. As it is read from JSON, it and its
 * copies keep their fields within themselves. V8 keeps most of the fields of an object they were added to in a second one, and
 * ten thousand cached accounts would be read from memory twice as often.
 */
function withRoomFor(fields: readonly string[]): Fields {
  return JSON.parse(JSON.stringify(Object.fromEntries(fields.map((field) => [field, null])))) as Fields;
}

function readerOf(columns: Columns, constants: Fields): (row: Fields) => Fields {
  const plain: { readonly field: string; readonly name: string }[] = [];
  const others: { readonly field: string; readonly name: string; readonly kind: AnyColumn['kind'] }[] = [];
  const groups: { readonly field: string; readonly fromRow: (row: Fields) => Fields }[] = [];
  for (const [field, entry] of Object.entries(columns)) {
    if (!(entry instanceof Column)) groups.push({ field, fromRow: readerOf(entry, {}) });
    else if (entry.kind.read === asIs) plain.push({ field, name: entry.name });
    else others.push({ field, name: entry.name, kind: entry.kind });
  }
  const blank = Object.assign(withRoomFor([...Object.keys(columns), ...Object.keys(constants)]), constants);
  return (row) => {
    const object: Fields = { ...blank };
    for (const { field, name } of plain) object[field] = row[name];
    for (const { field, name, kind } of others) {
      const stored = row[name];
      // A field of the copy is null already.
      if (stored !== null) object[field] = kind.read(stored);
    }
    for (const { field, fromRow } of groups) object[field] = fromRow(row);
    return object;
  };
}
