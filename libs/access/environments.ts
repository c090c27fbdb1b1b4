import type { Queryable } from '#ledger-store';

/** A world of its own: accounts, keys and all they own. */
export interface Environment {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

interface EnvironmentRow {
  readonly name: string;
  readonly created_at: Date;
}

/** Makes an environment. @returns it, and whether it wasn't there before */
export async function insertEnvironment(
  database: Queryable,
  name: string,
  createdBy: string,
): Promise<{ readonly environment: Environment; readonly isNew: boolean }> {
  const { rowCount } = await database.query(
    'insert into environments (name, created_by) values ($1, $2) on conflict (name) do nothing',
    [name, createdBy],
  );
  const { rows } = await database.query<EnvironmentRow>('select name, created_at from environments where name = $1', [
    name,
  ]);
  const [row] = rows;
  if (!row) throw new Error(`the environment ${name} was made and is not there`);
  return { environment: environmentFromRow(row), isNew: rowCount === 1 };
}

export async function isEnvironment(database: Queryable, name: string): Promise<boolean> {
  const { rowCount } = await database.query('select from environments where name = $1', [name]);
  return rowCount === 1;
}

/** All environments by name, or the one. @param after the last name of the page before */
export async function listEnvironments(
  database: Queryable,
  { only, limit, after }: { readonly only: string | null; readonly limit: number; readonly after: string | null },
): Promise<{ readonly items: readonly Environment[]; readonly next: string | null }> {
  const { rows } = await database.query<EnvironmentRow>(
    `select name, created_at from environments
    where ($1::text is null or name = $1) and ($2::text is null or (created_at, name) < (select created_at, name from environments where name = $2))
    order by created_at desc, name desc limit $3`,
    [only, after, limit + 1],
  );
  const shown = rows.slice(0, limit).map(environmentFromRow);
  return { items: shown, next: rows.length > limit ? (shown.at(-1)?.name ?? null) : null };
}

function environmentFromRow({ name, created_at }: EnvironmentRow): Environment {
  return { name, createdAt: created_at.getTime() };
}
