import type { Pool } from '#database';
import { publicId } from '#ledger';
import { FAILING_MS_MAX, nextAttemptIn, RETRY_DELAYS_MS, webhookPayload } from '#webhooks';
import type { SecretBox } from '../secrets/secret-box.ts';
import type { SendSlots } from '../sending/send-slots.ts';
import type { Sent, WebhookSender } from '../sending/webhook-sender.ts';
import { claimDelivery, LEASE_MS, type ClaimedDelivery } from './claim-delivery.ts';
import { parseDeliveryId, type DeliveryRef } from './delivery-ref.ts';
import { keepLease } from './keep-lease.ts';
import { recordAttempt, type Verdict } from './record-attempt.ts';
import { waitingDeliveries } from './waiting-deliveries.ts';

export interface AttemptOptions {
  readonly sender: WebhookSender;
  readonly secrets: SecretBox;
  /** Those of this process. */
  readonly slots: SendSlots;
  /** Waits before the attempts of a delivery. */
  readonly delaysMs?: readonly number[];
  /** For how long an endpoint may only fail before it is disabled. */
  readonly failingMsMax?: number;
  /** After how long another process takes over where the lease isn't renewed, as it is during the attempt. */
  readonly leaseMs?: number;
}

export interface Attempted {
  /** `none`: it wasn't due, isn't pending, or its endpoint is disabled or has as many messages in progress as it may. */
  readonly outcome: 'delivered' | 'retry' | 'failed' | 'none';
  /** When to come back for it, in milliseconds since 1970; `null` where nobody needs to. */
  readonly nextAttemptAt: number | null;
  /** Deliveries of the same endpoint that have waited for this one, and are to be attempted now. */
  readonly waiting: readonly string[];
}

const NOTHING: Attempted = { outcome: 'none', nextAttemptAt: null, waiting: [] };

/**
 * Attempts a delivery that is due: takes it for itself, sends it, writes down what came of it. What it does is decided by the
 * delivery's state alone, so it may be called for any delivery, at any time, any number of times at once. A message is sent
 * twice only where the process dies, or can't renew its lease, between sending and writing down.
 *
 * @param id as {@link relayEvents}, {@link dueDeliveries} and {@link overdueDeliveries} give it
 * @throws {LedgerUnavailable} where the database isn't there
 * @throws {SecretsKeyMissing} where the endpoint's secret can't be read
 */
export async function attemptDelivery(pool: Pool, id: string, options: AttemptOptions): Promise<Attempted> {
  const { slots } = options;
  const ref = parseDeliveryId(id);
  const { endpointId } = ref;
  const attempted = await attemptInSlot(pool, ref, options);
  if (!attempted) return NOTHING;
  // One that wasn't attempted has kept its slot from at most one other that was.
  const limit = attempted.outcome === 'none' ? Number(slots.hasTurnedAway(endpointId)) : slots.toWake(endpointId);
  return limit === 0 ? attempted : { ...attempted, waiting: await waitingDeliveries(pool, endpointId, limit) };
}

/** @returns `null` where the endpoint has no free slot in this process */
async function attemptInSlot(pool: Pool, ref: DeliveryRef, options: AttemptOptions): Promise<Attempted | null> {
  const { slots, leaseMs = LEASE_MS, failingMsMax = FAILING_MS_MAX } = options;
  using slot = slots.reserve(ref.endpointId);
  if (!slot) return null;
  const claim = await claimDelivery(pool, ref, { slot, slotsMax: slots.mostFor(ref.endpointId), leaseMs });
  if (!claim.claimed) return { ...NOTHING, nextAttemptAt: claim.dueInMs === null ? null : Date.now() + claim.dueInMs };
  await using held = new AsyncDisposableStack();
  held.use(keepLease(pool, claim, leaseMs));
  const sent = await send(claim, options);
  slot.took(sent.durationMs);
  const verdict = verdictOn(sent, claim.tries + 1, options.delaysMs);
  await recordAttempt(pool, { delivery: claim, sent, verdict, failingMsMax });
  return verdict.status === 'pending'
    ? { ...NOTHING, outcome: 'retry', nextAttemptAt: Date.now() + verdict.nextInMs }
    : { ...NOTHING, outcome: verdict.status };
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
