import { Repeater } from './repeater.ts';

/** How often a lease is renewed in the time that it lasts. */
const RENEWALS = 4;

/**
 * Renews a lease until what is returned is disposed of.
 *
 * @param renew extends it, where it is still the caller's
 */
export function renewLease(leaseMs: number, renew: () => Promise<unknown>): AsyncDisposable {
  const everyMs = leaseMs / RENEWALS;
  const renewal = new Repeater({
    title: 'Renewing a lease',
    everyMs,
    retryMs: everyMs,
    task: async () => {
      await renew();
      return false;
    },
    // Where the database is away, whatever else needs it says so.
    log: () => undefined,
  });
  renewal.start(everyMs);
  return { [Symbol.asyncDispose]: () => renewal.stop() };
}
