import type { Pool } from '#database';

/** A heap, its out-of-line values, or one of its indexes; partitions count with their table. */
export interface DiskPart {
  readonly table: string;
  readonly part: string;
  readonly bytes: number;
}

/** What the ledger's tables take on disk, part by part. */
export async function diskUse(pool: Pool): Promise<DiskPart[]> {
  const { rows } = await pool.query<{ table: string; part: string; bytes: string }>(`
    with tables as (
      select c.oid, c.reltoastrelid, pg_partition_root(c.oid) as root, c.relname as name
      from pg_class c where c.relkind = 'r' and c.relnamespace = current_schema()::regnamespace
    ),
    parts as (
      select oid, root, name, 'heap' as part, pg_table_size(oid) - coalesce(pg_total_relation_size(nullif(reltoastrelid, 0)), 0) as bytes
      from tables
      union all
      select oid, root, name, 'toast', pg_total_relation_size(reltoastrelid) from tables where reltoastrelid <> 0
      union all
      select t.oid, root, name,
        'index (' || (select string_agg(attname, ', ' order by attnum) from pg_attribute where attrelid = i.indexrelid) || ')',
        pg_relation_size(i.indexrelid)
      from tables t join pg_index i on i.indrelid = t.oid
    )
    select coalesce(root::text, name) as table, part, sum(bytes) as bytes
    from parts group by 1, 2 order by 1, 2`);
  return rows.map(({ table, part, bytes }) => ({ table, part, bytes: Number(bytes) }));
}
