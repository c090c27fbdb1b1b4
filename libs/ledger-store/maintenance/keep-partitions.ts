import type { Pool } from '#database';

/**
 * Makes the partitions of the coming months and weeks, and drops idempotency keys older than `idempotencyDays`, a week of
 * them at a time. Safe to run at any time, in any number of processes.
 *
 * @returns the names of the tables that were dropped.
 */
export async function keepPartitions(pool: Pool, { idempotencyDays }: { readonly idempotencyDays: number }): Promise<string[]> {
  await pool.query('select make_partitions()');
  const { rows } = await pool.query<{ name: string }>(
    'select name from drop_old_idempotency_keys(make_interval(days => $1)) as dropped (name)',
    [idempotencyDays],
  );
  return rows.map(({ name }) => name);
}
