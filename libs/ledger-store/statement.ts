import type { Parameter } from './tables/kind.ts';
import type { Table, WrittenColumn } from './tables/table.ts';

/** One prepared statement with its values; Postgres parses and plans it once per connection, under its name. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

/**
 * A condition of every statement that writes: no guard has refused the batch that it belongs to. It has no column in it, so
 * Postgres looks once per statement. Where no guard stood before, as in a locked batch, it always holds.
 */
export const UNLESS_REFUSED = `coalesce(current_setting('purser.refused', true), '') = ''`;

type Write<Written> = (objects: readonly Written[]) => Statement;

/** An insert of many rows in one statement, whatever their number: one parameter per column. */
export function insertRows<Written>({ name, written }: Table<Written, never, unknown>): Write<Written> {
  const names = written.map(({ column }) => column.name).join(', ');
  const text = `insert into ${name} (${names}) select ${written.map(selected).join(', ')} from ${rowSource(written)}
    where ${UNLESS_REFUSED}`;
  return (objects) => ({ name: `insert_${name}`, text, values: parametersOf(written, objects) });
}

/** An update of many rows in one statement: of the columns that belong to it, or to any of several. */
export function updateRows<Written>(
  { name, written }: Table<Written, never, unknown>,
  ...updates: readonly string[]
): Write<Written> {
  const meant = updates.length === 0 ? ['state'] : updates;
  const key = written.filter(isKey);
  const changed = written.filter(({ column: { role } }) => role.update !== null && meant.includes(role.update));
  const [first] = changed;
  if (!first) throw new Error(`no column of ${name} belongs to the update “${meant.join(', ')}”`);
  const all = [...key, ...changed];
  const text = `update ${name} t set ${changed.map((one) => `${one.column.name} = ${selected(one)}`).join(', ')}
    from ${addressed(name, key, all)} v where ${isAddressed(key)} and ${UNLESS_REFUSED}`;
  return (objects) => ({
    name: [`update_${name}_${first.column.name}`, ...meant.slice(1)].join('_'),
    text,
    values: parametersOf(all, objects),
  });
}

/** Deletes rows by their keys. */
export function deleteRows<Written>({ name, written }: Table<Written, never, unknown>): Write<Written> {
  const key = written.filter(isKey);
  const text = `delete from ${name} t using ${addressed(name, key, key)} v
    where ${isAddressed(key)} and ${UNLESS_REFUSED}`;
  return (objects) => ({ name: `delete_${name}`, text, values: parametersOf(key, objects) });
}

type AnyWritten = Pick<WrittenColumn<never>, 'column'>;

function isKey({ column }: AnyWritten): boolean {
  return column.role.isKey;
}

/**
 * The rows of the parameters, each with the physical address of the row it is for. A join by key may be planned as one scan of the whole
 * table, while that was known to be empty; a scalar subquery is a look-up by index whatever the planner knows. Nobody else
 * can move a row between the two, because its account is locked.
 */
function addressed(table: string, key: readonly AnyWritten[], columns: readonly AnyWritten[]): string {
  const same = key.map(({ column: { name } }) => `k.${name} = v.${name}`).join(' and ');
  return `(select v.*, (select k.ctid from ${table} k where ${same}) as address from ${rowSource(columns)})`;
}

/** Rows of two partitions may have the same address, so the key is compared as well, in a way that no index serves. */
function isAddressed(key: readonly AnyWritten[]): string {
  return ['t.ctid = v.address', ...key.map(({ column: { name } }) => `t.${name} is not distinct from v.${name}`)].join(
    ' and ',
  );
}

/** JSON writes control characters as escapes, so this one never occurs within it. */
const BETWEEN_JSON = '\x1e';

/** `v`: a row per value of the arrays and texts that the parameters are, in the order of the columns. */
function rowSource(columns: readonly AnyWritten[]): string {
  const sources = columns.map(({ column: { kind } }, index) => {
    const parameter = `$${String(index + 1)}`;
    return kind.travels === 'as text'
      ? `string_to_table(${parameter}::text, e'\\x1e', '')`
      : `unnest(${parameter}::${kind.type}[])`;
  });
  return `rows from (${sources.join(', ')}) v (${columns.map(({ column }) => column.name).join(', ')})`;
}

function selected({ column: { name, kind } }: AnyWritten): string {
  return kind.type === 'jsonb' ? `v.${name}::jsonb` : `v.${name}`;
}

function parametersOf<Written>(columns: readonly WrittenColumn<Written>[], objects: readonly Written[]): string[] {
  return columns.map((one) => {
    const parameters = one.parametersOf(objects);
    return one.column.kind.travels === 'as array' ? `{${parameters.join(',')}}` : parameters.join(BETWEEN_JSON);
  });
}

/** An array literal of numbers, ids, times or names of enumerations: none has a character that the literal would take for its own. */
export function arrayOf(parameters: readonly (Parameter | null)[]): string {
  return `{${parameters.map((parameter) => parameter ?? 'NULL').join(',')}}`;
}
