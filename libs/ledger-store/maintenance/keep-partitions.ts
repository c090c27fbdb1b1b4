import type { Pool } from '#database';

/**
 * Makes the partitions of the coming months and weeks, and drops idempotency keys older than `idempotencyDays`, a week of
 * them at a time. Safe to run at any time, in any number of processes.
 *
 * Making or dropping a partition locks its whole table, and every later statement waits behind a waiting lock: so it gives up
 * after two seconds rather than hold up the traffic behind a long read.
 *
 * @returns the names of the tables that were dropped.
 */
export async function keepPartitions(
  pool: Pool,
  { idempotencyDays }: { readonly idempotencyDays: number },
): Promise<string[]> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(`begin; set local lock_timeout = '2s'`);
    await client.query('select make_partitions()');
    const { rows } = await client.query<{ name: string }>(
      'select name from drop_old_idempotency_keys(make_interval(days => $1)) as dropped (name)',
      [idempotencyDays],
    );
    await client.query('commit');
    broken = false;
    return rows.map(({ name }) => name);
  } finally {
    client.release(broken);
  }
}
