/** One prepared statement with its values; Postgres parses and plans it once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

export interface Column<Row> {
  readonly name: string;
  /** The column's type as a parameter: an array of it carries the values of all rows. */
  readonly type: string;
  readonly value: (row: Row) => string | number | boolean | null;
}

/** An insert of many rows in one statement, whatever their number: one array per column. */
export function insertRows<Row>(table: string, columns: readonly Column<Row>[]): (rows: readonly Row[]) => Statement {
  const names = columns.map(({ name }) => name).join(', ');
  const text = `insert into ${table} (${names}) select * from unnest(${arrayParameters(columns)})`;
  return (rows) => ({ name: `insert_${table}`, text, values: arraysOf(columns, rows) });
}

/** An update of many rows in one statement. The key is looked up by itself, so that no other index tempts the planner. */
export function updateRows<Row>(
  table: string,
  key: readonly Column<Row>[],
  columns: readonly Column<Row>[],
): (rows: readonly Row[]) => Statement {
  const all = [...key, ...columns];
  const text = `update ${table} t set ${columns.map(({ name }) => `${name} = v.${name}`).join(', ')}
    from unnest(${arrayParameters(all)}) v (${all.map(({ name }) => name).join(', ')})
    where ${key.map(({ name }) => `t.${name} = v.${name}`).join(' and ')}`;
  return (rows) => ({ name: `update_${table}_${String(columns[0]?.name)}`, text, values: arraysOf(all, rows) });
}

function arrayParameters<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ type }, index) => `$${String(index + 1)}::${type}[]`).join(', ');
}

function arraysOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): unknown[] {
  return columns.map(({ value }) => rows.map(value));
}
