import type { Pool } from '#database';
import type { VerifyReport } from './verify-report.ts';

/**
 * Keeps what a verification has found where every running service sees it, for its metrics.
 *
 * @throws Error where the database takes no writes: on a standby, or by a role that may only read.
 */
export async function noteVerification(pool: Pool, { as_of: asOf, differences }: VerifyReport): Promise<void> {
  await pool.query('insert into verifications (as_of, differences) values ($1, $2)', [asOf, differences]);
}
