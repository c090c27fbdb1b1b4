import { accountKeyOf, type AccountKey } from '#ledger';

/** An event that is to get to an endpoint; both ids are UUIDs. There is one delivery for the two, however often it is sent. */
export interface DeliveryRef {
  readonly eventId: string;
  readonly endpointId: string;
}

/** A delivery's id for queues: that of its event and that of its endpoint. */
export function deliveryId({ eventId, endpointId }: DeliveryRef): string {
  return `${eventId}.${endpointId}`;
}

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FORM = new RegExp(`^(${UUID})\\.(${UUID})$`);

/** @throws Error where it isn't an id that {@link deliveryId} has made */
export function parseDeliveryId(id: string): DeliveryRef {
  const [, eventId, endpointId] = FORM.exec(id) ?? [];
  if (eventId === undefined || endpointId === undefined) throw new Error(`no delivery has the id ${id}`);
  return { eventId, endpointId };
}

/** The key of its row: it is found without a look-up, since an event's id says whose it is. */
export function keyOf({ eventId, endpointId }: DeliveryRef): [AccountKey, string, string] {
  return [accountKeyOf(eventId), eventId, endpointId];
}

export interface RefRow {
  readonly event_id: string;
  readonly endpoint_id: string;
}

export function idFromRow({ event_id, endpoint_id }: RefRow): string {
  return deliveryId({ eventId: event_id, endpointId: endpoint_id });
}
