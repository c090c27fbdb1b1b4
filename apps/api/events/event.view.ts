import { publicId } from '#ledger';
import type { StoredEvent } from '#ledger-store';
import { timeView } from '../lists/time-view.ts';

/** What a webhook sends, with the event's id. */
export function eventView({ id, type, data, occurredAt }: StoredEvent) {
  return { id: publicId('event', id), type, timestamp: timeView(occurredAt), data };
}
