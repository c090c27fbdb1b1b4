import { insertEnvironmentEvent, type Queryable } from '#ledger-store';
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
export function insertEndpointEvent(database: Queryable, event: EndpointEvent): Promise<string> {
  return insertEnvironmentEvent(database, event);
}
