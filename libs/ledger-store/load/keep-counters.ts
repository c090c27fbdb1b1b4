import type { AccountState, Authorization } from '#ledger';

/**
 * Keeps windows of an account that was learned anew. Closed ones aren't read again with it, but authorizations that stay cached
 * may still be counted in those that hadn't ended when they were made.
 */
export function keepCounters(
  earlier: AccountState,
  { counters }: AccountState,
  authorizations: Iterable<Authorization>,
): void {
  const missing = earlier.counters.all().filter((one) => !counters.startingAt(one.counter, one.windowStart));
  if (missing.length === 0) return;
  let oldest = Number.POSITIVE_INFINITY;
  for (const { createdAt } of authorizations) oldest = Math.min(oldest, createdAt);
  for (const window of missing) if (window.windowEnd === null || window.windowEnd > oldest) counters.add(window);
}
