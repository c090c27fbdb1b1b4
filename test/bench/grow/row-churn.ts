import type { Pool } from '#database';

/** How a table copes with being changed. */
export interface RowChurn {
  readonly table: string;
  readonly updated: number;
  readonly deleted: number;
  /** The share of updates that stayed on their page and touched no index; `null` where there were none. */
  readonly hot: number | null;
  readonly dead: number;
  readonly vacuums: number;
  readonly bytes: number;
}

interface ChurnRow {
  table: string;
  updated: string;
  deleted: string;
  hot: string;
  dead: string;
  vacuums: string;
  bytes: string;
}

/** What was done, since the database was made, to the tables whose rows change. */
export async function rowChurn(pool: Pool): Promise<RowChurn[]> {
  const { rows } = await pool.query<ChurnRow>(`
    select relname as table, n_tup_upd as updated, n_tup_del as deleted, n_tup_hot_upd as hot, n_dead_tup as dead,
      autovacuum_count as vacuums, pg_total_relation_size(relid) as bytes
    from pg_stat_user_tables where relname in ('accounts', 'grants', 'holds') order by relname`);
  return rows.map(({ table, ...row }) => ({
    table,
    updated: Number(row.updated),
    deleted: Number(row.deleted),
    hot: Number(row.updated) === 0 ? null : Number(row.hot) / Number(row.updated),
    dead: Number(row.dead),
    vacuums: Number(row.vacuums),
    bytes: Number(row.bytes),
  }));
}
