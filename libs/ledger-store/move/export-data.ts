import { checkReadable, type Pool, type PoolClient } from '#database';
import { EXPORT_FORMAT, type ExportLine, type Partition } from './export-file.ts';
import { migrationsOf, MOVED_TABLES, TEXT_SETTINGS } from './moved-tables.ts';

/** Called after each part of a table that was read or written. */
export type OnProgress = (table: string, rows: number, isDone: boolean) => void;

const BYTES_AT_ONCE = 4_000_000;
const ROWS_AT_ONCE_MAX = 5_000;
/** Before it is known how long rows are. */
const FIRST_ROWS = 100;

/**
 * Reads all of Purser's data as of one moment, whatever a running service writes meanwhile. The queues aren't part of it: their
 * jobs only say when to look at other tables.
 *
 * @throws DatabaseError where the database can't be reached, or hasn't this version's tables
 */
export async function* exportData(pool: Pool, onProgress: OnProgress): AsyncGenerator<ExportLine> {
  await checkReadable(pool);
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(TEXT_SETTINGS);
    yield { format: EXPORT_FORMAT, migrations: await migrationsOf(client), partitions: await partitionsOf(client) };
    for (const table of MOVED_TABLES) yield* exportTable(client, table, onProgress);
    yield { end: true };
  } finally {
    // It is in the middle of a transaction, which ends with it.
    client.release(true);
  }
}

async function* exportTable(client: PoolClient, table: string, onProgress: OnProgress): AsyncGenerator<ExportLine> {
  yield { table };
  await client.query(`declare exported no scroll cursor for select t::text as row from ${table} t`);
  let total = 0;
  for (let count = FIRST_ROWS; ;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${String(count)} from exported`);
    if (rows.length === 0) break;
    for (const { row } of rows) yield row;
    total += rows.length;
    onProgress(table, total, false);
    const bytes = rows.reduce((sum, { row }) => sum + row.length, 0);
    count = Math.max(1, Math.min(ROWS_AT_ONCE_MAX, Math.floor((BYTES_AT_ONCE * rows.length) / bytes)));
  }
  await client.query('close exported');
  yield { rows: total };
  onProgress(table, total, true);
}

async function partitionsOf(client: PoolClient): Promise<Partition[]> {
  const { rows } = await client.query<Partition>(
    `select parent.relname as table, child.relname as name, bounds[1] as lower, bounds[2] as upper
     from pg_inherits join pg_class parent on parent.oid = inhparent join pg_class child on child.oid = inhrelid,
       regexp_match(pg_get_expr(child.relpartbound, child.oid), $$FROM \\('([^']+)'\\) TO \\('([^']+)'\\)$$) bounds
     where parent.relname = any($1) and parent.relnamespace = current_schema()::regnamespace and bounds is not null
     order by 1, 2`,
    [MOVED_TABLES],
  );
  return rows;
}
