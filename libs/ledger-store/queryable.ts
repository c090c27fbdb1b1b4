import type { Pool, PoolClient } from '#database';
import type { QueryResult, QueryResultRow } from 'pg';
import { ofConnection } from './engine/failures.ts';

/** Where statements are sent to. What goes wrong with the connection is told as such, apart from what Postgres reports. */
export interface Queryable {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

export function queryable(client: Pool | PoolClient): Queryable {
  return {
    query: <Row extends QueryResultRow>(text: string, values: unknown[] = []) =>
      ofConnection(client.query<Row>(text, values)),
  };
}
