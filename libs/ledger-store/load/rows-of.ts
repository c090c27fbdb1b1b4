import type { PoolClient } from '#database';
import { ofConnection } from '../engine/failures.ts';
import type { Statement } from '../statement.ts';

/** The rows that a statement answers with. @throws what the connection or the statement failed of */
export async function rowsOf<Row extends object>(client: PoolClient, statement: Statement): Promise<Row[]> {
  const { rows } = await ofConnection(client.query<Row>(statement));
  return rows;
}
