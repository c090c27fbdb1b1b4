import type { JsonObject } from '#amounts';
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

/** How much more room prices take, once they are parsed, than as JSON alone. */
const PARSED = 4;

const sizes = new WeakMap<readonly JsonObject[], number>();

/** What an account's own prices take in memory, roughly. They are measured once. */
export function bytesOfOverrides(prices: readonly JsonObject[]): number {
  if (prices.length === 0) return 0;
  const known = sizes.get(prices);
  if (known !== undefined) return known;
  const size = PARSED * sizeOf(prices);
  sizes.set(prices, size);
  return size;
}
