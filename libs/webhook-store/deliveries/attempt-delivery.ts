import type { Pool } from '#database';
import { publicId } from '#ledger';
import { FAILING_MS_MAX, nextAttemptIn, RETRY_DELAYS_MS, webhookPayload } from '#webhooks';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { Sent, WebhookSender } from '../sending/webhook-sender.ts';
import { claimDelivery, type ClaimedDelivery } from './claim-delivery.ts';
import { parseDeliveryId } from './delivery-ref.ts';
import { recordAttempt, type Verdict } from './record-attempt.ts';

export interface AttemptOptions {
  readonly sender: WebhookSender;
  readonly secrets: SecretBox;
  /** Waits before the attempts of a delivery. */
  readonly delaysMs?: readonly number[];
  /** For how long an endpoint may only fail before it is disabled. */
  readonly failingMsMax?: number;
  /** After how long another process takes over; longer than an attempt may take. */
  readonly leaseMs?: number;
}

export interface Attempted {
  /** `none`: it wasn't due, isn't pending, or its endpoint is disabled or has enough to do. */
  readonly outcome: 'delivered' | 'retry' | 'failed' | 'none';
  /** When to come back for it, in milliseconds since 1970; `null` where nobody needs to. */
  readonly nextAttemptAt: number | null;
  /** Deliveries of the same endpoint that have waited for this one, and are to be attempted now. */
  readonly waiting: readonly string[];
}

const LEASE_MS = 30_000;

/**
 * Attempts a delivery that is due: takes it for itself, sends it, writes down what came of it. What it does is decided by the
 * delivery's state alone, so it may be called for any delivery, at any time, any number of times at once. A message is sent
 * twice only where the process dies, or loses the database for longer than the lease, between sending and writing down.
 *
 * @param id as {@link relayEvents} and {@link dueDeliveries} give it
 * @throws {LedgerUnavailable} where the database isn't there
 * @throws {SecretsKeyMissing} where the endpoint's secret can't be read
 */
export async function attemptDelivery(pool: Pool, id: string, options: AttemptOptions): Promise<Attempted> {
  const { leaseMs = LEASE_MS, failingMsMax = FAILING_MS_MAX } = options;
  const claim = await claimDelivery(pool, parseDeliveryId(id), leaseMs);
  if (!claim.claimed) {
    const nextAttemptAt = claim.dueInMs === null ? null : Date.now() + claim.dueInMs;
    return { outcome: 'none', nextAttemptAt, waiting: [] };
  }
  const sent = await send(claim, options);
  const verdict = verdictOn(sent, claim.tries + 1, options.delaysMs);
  const waiting = await recordAttempt(pool, { delivery: claim, sent, verdict, failingMsMax });
  return verdict.status === 'pending'
    ? { outcome: 'retry', nextAttemptAt: Date.now() + verdict.nextInMs, waiting }
    : { outcome: verdict.status, nextAttemptAt: null, waiting };
}

function send(delivery: ClaimedDelivery, { sender, secrets }: AttemptOptions): Promise<Sent> {
  const { url, ref } = delivery;
  const signingSecrets = delivery.secrets.map((sealed) => secrets.open(sealed, ref.endpointId));
  const message = { id: publicId('event', ref.eventId), sentAt: Date.now(), body: webhookPayload(delivery) };
  return sender.send(url, message, signingSecrets);
}

const GONE = 410;

function verdictOn({ statusCode, retryAfterMs }: Sent, tries: number, delaysMs = RETRY_DELAYS_MS): Verdict {
  if (statusCode !== null && statusCode >= 200 && statusCode < 300)
    return { status: 'delivered', nextInMs: 0, isGone: false };
  const nextInMs = statusCode === GONE ? null : nextAttemptIn({ tries, retryAfterMs, chance: Math.random() }, delaysMs);
  return { status: nextInMs === null ? 'failed' : 'pending', nextInMs: nextInMs ?? 0, isGone: statusCode === GONE };
}
