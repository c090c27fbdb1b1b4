import { DatabaseError, type Pool, type PoolClient } from '#database';
import { sqlStateOf } from '../engine/failures.ts';
import { EXPORT_FORMAT, incompleteExport, type ExportHeader, type ExportLine, type Partition } from './export-file.ts';
import type { OnProgress } from './export-data.ts';
import { migrationsOf, MOVED_TABLES, SEEDED_TABLES, TEXT_SETTINGS } from './moved-tables.ts';

const BYTES_AT_ONCE = 4_000_000;
const ROWS_AT_ONCE_MAX = 5_000;

/**
 * Writes what {@link exportData} has read into a migrated database without data, in one transaction: all of it is there
 * afterwards, or nothing. The role must own the tables.
 *
 * @throws DatabaseError where the file isn't a whole export, was made from other migrations, or the database has data
 */
export async function importData(
  pool: Pool,
  lines: AsyncIterable<ExportLine, undefined>,
  onProgress: OnProgress,
): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('begin');
    await client.query(TEXT_SETTINGS);
    await refuseData(client);
    const iterator: AsyncIterator<ExportLine, undefined> = lines[Symbol.asyncIterator]();
    const next = async (): Promise<ExportLine | null> => {
      const result = await iterator.next();
      return result.value ?? null;
    };
    const header = await next();
    if (!isHeader(header)) throw new DatabaseError('The file is not an export of Purser: it has no header.');
    await refuseOtherMigrations(client, header);
    for (const partition of header.partitions) await makePartition(client, partition);
    for (const table of SEEDED_TABLES) await client.query(`delete from ${table}`);
    for (const table of MOVED_TABLES) await importTable(client, table, next, onProgress);
    const end = await next();
    if (end === null || typeof end === 'string' || !('end' in end)) throw incompleteExport();
    await client.query('commit');
    broken = false;
  } catch (error) {
    throw isOfData(error) ? incompleteExport(error) : error;
  } finally {
    client.release(broken);
  }
  await pool.query('analyze');
}

/** Whether Postgres refused a row, for its form or for what it contradicts. */
function isOfData(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}

async function importTable(
  client: PoolClient,
  table: string,
  next: () => Promise<ExportLine | null>,
  onProgress: OnProgress,
): Promise<void> {
  const opened = await next();
  if (opened === null || typeof opened === 'string' || !('table' in opened) || opened.table !== table)
    throw incompleteExport();
  let rows: string[] = [];
  let bytes = 0;
  let total = 0;
  const flush = async (): Promise<void> => {
    if (rows.length > 0) await insert(client, table, rows);
    total += rows.length;
    rows = [];
    bytes = 0;
  };
  for (let line = await next(); ; line = await next()) {
    if (typeof line !== 'string') {
      await flush();
      if (line === null || !('rows' in line) || line.rows !== total) throw incompleteExport();
      onProgress(table, total, true);
      return;
    }
    rows.push(line);
    bytes += line.length;
    if (bytes < BYTES_AT_ONCE && rows.length < ROWS_AT_ONCE_MAX) continue;
    await flush();
    onProgress(table, total, false);
  }
}

/** Rows are read by the type that the table has, column by column, as they were written. */
async function insert(client: PoolClient, table: string, rows: readonly string[]): Promise<void> {
  await client.query(
    `insert into ${table} select (v.row).* from (select row::${table} as row from unnest($1::text[]) row offset 0) v`,
    [rows],
  );
}

async function makePartition(client: PoolClient, { table, name, lower, upper }: Partition): Promise<void> {
  await client.query('select make_partition($1::regclass, $2, $3, $4)', [table, name, lower, upper]);
}

async function refuseData(client: PoolClient): Promise<void> {
  for (const table of MOVED_TABLES.filter((name) => !SEEDED_TABLES.includes(name))) {
    const { rows } = await client.query(`select from ${table} limit 1`);
    if (rows.length === 0) continue;
    throw new DatabaseError(
      `The database already has data (in ${table}), and an import needs an empty one. Let DATABASE_URL or PURSER_DATA_DIR ` +
        `lead to a new one.`,
    );
  }
}

async function refuseOtherMigrations(client: PoolClient, { migrations }: ExportHeader): Promise<void> {
  const own = await migrationsOf(client);
  if (own.join() === migrations.join()) return;
  throw new DatabaseError(
    `The export was made by another version of Purser: its last migration is ${migrations.at(-1) ?? 'none'}, and here it is ` +
      `${own.at(-1) ?? 'none'}. Import it with the version that made it, and upgrade afterwards.`,
  );
}

function isHeader(line: ExportLine | null): line is ExportHeader {
  return line !== null && typeof line !== 'string' && 'format' in line && line.format === EXPORT_FORMAT;
}
