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

/** An update of many rows in one statement; the first two columns are the key. */
export function updateRows<Row>(table: string, columns: readonly Column<Row>[]): (rows: readonly Row[]) => Statement {
  const [first, second, ...rest] = columns.map(({ name }) => name);
  const names = columns.map(({ name }) => name).join(', ');
  const text = `update ${table} t set ${rest.map((name) => `${name} = v.${name}`).join(', ')}
    from unnest(${arrayParameters(columns)}) v (${names})
    where t.${String(first)} = v.${String(first)} and t.${String(second)} = v.${String(second)}`;
  return (rows) => ({ name: `update_${table}_${String(rest[0])}`, text, values: arraysOf(columns, rows) });
}

function arrayParameters<Row>(columns: readonly Column<Row>[]): string {
  return columns.map(({ type }, index) => `$${String(index + 1)}::${type}[]`).join(', ');
}

function arraysOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): unknown[] {
  return columns.map(({ value }) => rows.map(value));
}
