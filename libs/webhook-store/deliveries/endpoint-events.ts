import { accountKey, newOwnedUuid } from '#ledger';
import type { Queryable } from '#ledger-store';
import type { EndpointEvents, EndpointEventType } from '#webhooks';

/** An event of an environment, about one of its endpoints. */
export type EndpointEvent<T extends EndpointEventType = EndpointEventType> = {
  readonly [K in T]: { readonly environment: string; readonly type: K; readonly data: EndpointEvents[K] };
}[T];

/**
 * Writes an event that no account owns, in real time. The relay sends a test to no endpoint: it is queued for its own.
 *
 * @returns its UUID
 */
export async function insertEndpointEvent(
  database: Queryable,
  { environment, type, data }: EndpointEvent,
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
