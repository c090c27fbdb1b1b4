/** One prepared statement with its values; Postgres parses and plans it once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export interface Column<Row> {
  readonly name: string;
  readonly type: string;
  /** JSON as text where the type is `json` or `jsonb`. */
  readonly value: (row: Row) => Value;
}

/** An insert of many rows in one statement, whatever their number: one parameter per column. */
export function insertRows<Row>(table: string, columns: readonly Column<Row>[]): (rows: readonly Row[]) => Statement {
  const names = columns.map(({ name }) => name).join(', ');
  const text = `insert into ${table} (${names}) select ${columns.map(selected).join(', ')} from ${rowSource(columns)}`;
  return (rows) => ({ name: `insert_${table}`, text, values: parametersOf(columns, rows) });
}

/** An update of many rows in one statement. */
export function updateRows<Row>(
  table: string,
  key: readonly Column<Row>[],
  columns: readonly Column<Row>[],
): (rows: readonly Row[]) => Statement {
  const all = [...key, ...columns];
  const text = `update ${table} t set ${columns.map((column) => `${column.name} = ${selected(column)}`).join(', ')}
    from ${placesOf(table, key, all)} v where ${isAtPlace(key)}`;
  return (rows) => ({ name: `update_${table}_${String(columns[0]?.name)}`, text, values: parametersOf(all, rows) });
}

/** Deletes rows by their keys. */
export function deleteRows<Row>(table: string, key: readonly Column<Row>[]): (rows: readonly Row[]) => Statement {
  const text = `delete from ${table} t using ${placesOf(table, key, key)} v where ${isAtPlace(key)}`;
  return (rows) => ({ name: `delete_${table}`, text, values: parametersOf(key, rows) });
}

/**
 * The rows of the parameters, each with the place of the row it is for. A join by key may be planned as one scan of the whole
 * table, while that was known to be empty; a scalar subquery is a look-up by index whatever the planner knows. Nobody else
 * can move a row between the two, because its account is locked.
 */
function placesOf<Row>(table: string, key: readonly Column<Row>[], columns: readonly Column<Row>[]): string {
  const same = key.map(({ name }) => `k.${name} = v.${name}`).join(' and ');
  return `(select v.*, (select k.ctid from ${table} k where ${same}) as place from ${rowSource(columns)})`;
}

/** Partitions have places of the same number, so the key is compared as well, in a way that no index serves. */
function isAtPlace<Row>(key: readonly Column<Row>[]): string {
  return ['t.ctid = v.place', ...key.map(({ name }) => `t.${name} is not distinct from v.${name}`)].join(' and ');
}

/** JSON writes control characters as escapes, so this one never occurs within it. */
const BETWEEN_JSON = '\x1e';

/**
 * A column of JSON travels as one text that Postgres takes apart: in an array, every quote would be escaped here and
 * unescaped there, which cost a fifth of a decision.
 */
function isJson({ type }: { readonly type: string }): boolean {
  return type === 'json' || type === 'jsonb';
}

/** `v`: a row per value of the arrays and texts that the parameters are, in the order of the columns. */
function rowSource<Row>(columns: readonly Column<Row>[]): string {
  const sources = columns.map((column, index) => {
    const parameter = `$${String(index + 1)}`;
    return isJson(column)
      ? `string_to_table(${parameter}::text, e'\\x1e', '')`
      : `unnest(${parameter}::${column.type}[])`;
  });
  return `rows from (${sources.join(', ')}) v (${columns.map(({ name }) => name).join(', ')})`;
}

function selected<Row>(column: Column<Row>): string {
  return column.type === 'jsonb' ? `v.${column.name}::jsonb` : `v.${column.name}`;
}

function parametersOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  return columns.map((column) => {
    const { type, value } = column;
    if (isJson(column)) return rows.map((row) => value(row) ?? '').join(BETWEEN_JSON);
    return type === 'text' ? `{${rows.map((row) => quoted(value(row))).join(',')}}` : arrayOf(rows.map(value));
  });
}

type Value = string | number | boolean | null;

/** An array literal of numbers, ids, times or names of enumerations: none has a character that the literal would take for its own. */
export function arrayOf(values: readonly Value[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

function quoted(value: Value): string {
  return value === null ? 'NULL' : `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`;
}
