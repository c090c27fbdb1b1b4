import { accountKey, newOwnedUuid } from '#ledger';
import type { Queryable } from '../queryable.ts';

/** An event that no account owns. */
export interface EnvironmentEvent {
  readonly environment: string;
  readonly type: string;
  readonly data: object;
}

/** Writes an event that no account owns, in real time. @returns its UUID */
export async function insertEnvironmentEvent(
  database: Queryable,
  { environment, type, data }: EnvironmentEvent,
): Promise<string> {
  const owner = accountKey(environment, '');
  for (;;) {
    const id = newOwnedUuid(Date.now(), owner);
    const { rowCount } = await database.query(
      `insert into events (account_id, id, environment, type, data, occurred_at)
      values ($1, $2, $3, $4, $5, clock_timestamp())
      on conflict (account_id, id) do nothing`,
      [owner, id, environment, type, data],
    );
    if (rowCount === 1) return id;
  }
}
