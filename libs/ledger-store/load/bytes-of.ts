import type { Authorization } from '#ledger';
import { sizeOf } from './size-of.ts';

/** An authorization without what its request said. */
const AUTHORIZATION_BYTES = 1500;
/** One of its draws, steps, allocations or reservations. */
const SHARE_BYTES = 250;

/** What an authorization takes in memory, roughly. */
export function bytesOf(authorization: Authorization): number {
  const { usage, tags, metadata, pricing, added, stated, allocations, draws, steps, reservations } = authorization;
  const shares = allocations.length + draws.length + steps.length + reservations.length;
  const said = sizeOf(usage) + sizeOf(tags) + sizeOf(metadata) + sizeOf(pricing?.usage ?? []) + sizeOf(added ?? {});
  const records = stated.reduce((sum, record) => sum + sizeOf(record.usage) + sizeOf(record.raw ?? {}), 0);
  return AUTHORIZATION_BYTES + said + records + shares * SHARE_BYTES;
}
