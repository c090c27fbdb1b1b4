import type { Pool } from '#database';

/** Of this many rows of this length the table has to grow by some pages: what has room on pages that are there says little. */
const ROWS = 40;
const LETTERS = 1_500;

/**
 * Writes transfers as every change of a balance does, of an account that doesn't exist, and takes them back.
 *
 * @throws what keeps them from being written, such as a full disk or a server that only reads
 */
export async function tryToWrite(pool: Pool): Promise<void> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query(`begin read write; set local lock_timeout = '1s'; set local statement_timeout = '2s'`);
    await client.query(
      `insert into transfers (account_id, id, transaction_id, kind, debit, credit, amount, grant_id, reason, created_at)
      select -pg_backend_pid(), id, id, 'grant', 'funding:paid', 'grant', 1, id, repeat('x', $2), clock_timestamp()
      from generate_series(1, $1) n, uuid_at(clock_timestamp() + n * interval '1 millisecond') id`,
      [ROWS, LETTERS],
    );
    await client.query('rollback');
    broken = false;
  } finally {
    client.release(broken);
  }
}
