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

/** An update of many rows in one statement. The key is looked up by itself, so that no other index tempts the planner. */
export function updateRows<Row>(
  table: string,
  key: readonly Column<Row>[],
  columns: readonly Column<Row>[],
): (rows: readonly Row[]) => Statement {
  const all = [...key, ...columns];
  const text = `update ${table} t set ${columns.map((column) => `${column.name} = ${selected(column)}`).join(', ')}
    from ${rowSource(all)} where ${key.map(({ name }) => `t.${name} = v.${name}`).join(' and ')}`;
  return (rows) => ({ name: `update_${table}_${String(columns[0]?.name)}`, text, values: parametersOf(all, rows) });
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
