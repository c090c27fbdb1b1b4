import Stripe from 'stripe';

/** The version of Stripe's API that this code was written against; the account's default doesn't matter. */
const STRIPE_API_VERSION = '2026-10-28.endive';

/** A charge that asks a bank takes seconds. What takes longer than this has an unknown outcome. */
const TIMEOUT_MS = 30_000;

/**
 * Stripe's SDK. It retries once where a connection is closed, with the same idempotency key; everything else is retried by
 * whoever calls.
 *
 * @param url Stripe's API; there is no default, so that nothing is sent there by mistake
 */
export function stripeClient(secretKey: string, url: string): Stripe {
  const { protocol, hostname, port } = new URL(url);
  const isPlain = protocol === 'http:';
  return new Stripe(secretKey, {
    apiVersion: STRIPE_API_VERSION,
    maxNetworkRetries: 0,
    timeout: TIMEOUT_MS,
    telemetry: false,
    protocol: isPlain ? 'http' : 'https',
    host: hostname,
    port: port === '' ? (isPlain ? 80 : 443) : Number(port),
  });
}
