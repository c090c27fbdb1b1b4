import { retry } from '#background';
import type { Pool } from '#database';
import { publicId } from '#ledger';
import { LedgerUnavailable, transact, type Queryable } from '#ledger-store';
import { failingNotice, type FailingNotice } from '#webhooks';
import type { Sent } from '../sending/webhook-sender.ts';
import { insertEndpointEvent } from './endpoint-events.ts';
import { IS_DELIVERY, type ClaimedDelivery } from './claim-delivery.ts';
import { keyOf } from './delivery-ref.ts';

/** What is to become of a delivery after an attempt. */
export interface Verdict {
  readonly status: 'delivered' | 'pending' | 'failed';
  /** Milliseconds until the next attempt; 0 where there is none. */
  readonly nextInMs: number;
  /** The endpoint answered that it is gone for good. */
  readonly isGone: boolean;
}

export interface AttemptedDelivery {
  readonly delivery: ClaimedDelivery;
  readonly sent: Sent;
  readonly verdict: Verdict;
  readonly failingMsMax: number;
}

const TO_NEW_URL: Verdict = { status: 'pending', nextInMs: 0, isGone: false };
const ATTEMPTS_KEPT = 10;
const RECORD_ATTEMPTS_MAX = 5;
const RECORD_PAUSE_MS = 1000;

/**
 * Writes down what came of an attempt, in one transaction with what it means for the endpoint. Only the holder of the lease
 * may. A message that was sent and not written down is sent again, so this is tried for some seconds where the database is
 * away.
 */
export async function recordAttempt(pool: Pool, attempted: AttemptedDelivery): Promise<void> {
  await retry(() => transact(pool, (database) => record(database, attempted)), {
    attemptsMax: RECORD_ATTEMPTS_MAX,
    pauseMs: RECORD_PAUSE_MS,
    isRetryable: (error) => error instanceof LedgerUnavailable,
  });
}

async function record(database: Queryable, attempted: AttemptedDelivery): Promise<void> {
  const { delivery, verdict } = attempted;
  // The endpoint's row first, as it is locked where deliveries are queued again: else each could wait for the other.
  if (verdict.status === 'delivered') {
    await noteSuccess(database, delivery.ref.endpointId);
    await updateDelivery(database, attempted);
    return;
  }
  const endpoint = await lockedHealth(database, delivery.ref.endpointId);
  // What is wrong with an address that was given up meanwhile says nothing of the one that took its place.
  const hasMoved = endpoint !== undefined && endpoint.url !== delivery.url;
  const isOurs = await updateDelivery(database, hasMoved ? { ...attempted, verdict: TO_NEW_URL } : attempted);
  if (isOurs && endpoint && !hasMoved) await noteFailure(database, endpoint, attempted);
}

/**
 * The column's milliseconds would be rounded up: what is due at once wouldn't be for a moment, in which nobody might see it.
 *
 * @returns whether the lease was still ours, and nobody has written it down before
 */
async function updateDelivery(database: Queryable, { delivery, sent, verdict }: AttemptedDelivery): Promise<boolean> {
  const attempt = {
    at: new Date(Date.now() - sent.durationMs).toISOString(),
    duration_ms: sent.durationMs,
    status_code: sent.statusCode,
    error: sent.error,
    response: sent.response,
  };
  const { rowCount } = await database.query(
    `update webhook_deliveries set lease = null, status = $5, tries = tries + 1, attempt_count = attempt_count + 1,
      next_attempt_at = date_trunc('milliseconds', clock_timestamp()) + $6 * interval '1 ms',
      delivered_at = case when $5 = 'delivered' then clock_timestamp() else delivered_at end,
      attempts = case when jsonb_array_length(attempts) < ${ATTEMPTS_KEPT} then attempts else attempts - 0 end || $7::jsonb
    where ${IS_DELIVERY} and lease = $4`,
    [...keyOf(delivery.ref), delivery.lease, verdict.status, verdict.nextInMs, JSON.stringify([attempt])],
  );
  return rowCount === 1;
}

interface EndpointHealth {
  readonly id: string;
  readonly environment: string;
  readonly url: string;
  readonly account: string | null;
  readonly enabled: boolean;
  readonly failing_since: Date | null;
  readonly failing_told: number;
  readonly failing_ms: number;
}

async function lockedHealth(database: Queryable, id: string): Promise<EndpointHealth | undefined> {
  const { rows } = await database.query<EndpointHealth>(
    `select id, environment, url, account, enabled, failing_since, failing_told,
      coalesce(extract(epoch from clock_timestamp() - failing_since) * 1000, 0)::float8 as failing_ms
    from webhook_endpoints where id = $1 for no key update`,
    [id],
  );
  return rows[0];
}

async function noteSuccess(database: Queryable, endpointId: string): Promise<void> {
  await database.query(
    'update webhook_endpoints set failing_since = null, failing_told = 0 where id = $1 and failing_since is not null',
    [endpointId],
  );
}

async function noteFailure(
  database: Queryable,
  endpoint: EndpointHealth,
  { verdict, failingMsMax }: AttemptedDelivery,
): Promise<void> {
  if (!endpoint.enabled) return;
  const notice = failingNotice(endpoint.failing_ms, endpoint.failing_told, failingMsMax);
  const news = newsOf(verdict, notice);
  if (endpoint.failing_since !== null && news === null) return;
  const reason = news && 'disabled' in news ? news.disabled : null;
  await database.query(
    `update webhook_endpoints set failing_since = coalesce(failing_since, clock_timestamp()),
      failing_told = coalesce($2, failing_told), enabled = enabled and $3::text is null, disabled_reason = $3
    where id = $1`,
    [endpoint.id, notice, reason],
  );
  if (news) await emit(database, endpoint, news);
}

function newsOf({ isGone }: Verdict, notice: FailingNotice | null): News | null {
  if (isGone) return { disabled: 'gone' };
  if (notice === 100) return { disabled: 'failing' };
  return notice === null ? null : { notice };
}

type News = { readonly disabled: 'gone' | 'failing' } | { readonly notice: 50 | 90 };

async function emit(database: Queryable, endpoint: EndpointHealth, news: News): Promise<void> {
  const { environment, url, account, failing_since } = endpoint;
  const about = { endpoint: publicId('endpoint', endpoint.id), url, account };
  if ('disabled' in news) {
    const data = { ...about, reason: news.disabled };
    await insertEndpointEvent(database, { environment, type: 'webhook_endpoint.disabled', data });
  } else {
    const data = { ...about, percent: news.notice, failing_since: (failing_since ?? new Date()).toISOString() };
    await insertEndpointEvent(database, { environment, type: 'webhook_endpoint.failing', data });
  }
}
