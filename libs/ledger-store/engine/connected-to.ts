import type { Pool, PoolClient } from '#database';
import { ConnectionFailed } from './failures.ts';

/** @throws {ConnectionFailed} */
export async function connectedTo(pool: Pool): Promise<PoolClient> {
  return pool.connect().catch((error: unknown) => {
    throw new ConnectionFailed(error);
  });
}
