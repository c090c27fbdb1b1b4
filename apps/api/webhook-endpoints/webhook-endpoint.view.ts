import { publicId } from '#ledger';
import type { Delivery, MadeEndpoint, RedeliveredSince, WebhookEndpoint } from '#webhook-store';
import { optionalTimeView, timeView } from '../lists/time-view.ts';

export function webhookEndpointView(endpoint: WebhookEndpoint) {
  const { previousSecretUntil } = endpoint;
  return {
    id: publicId('endpoint', endpoint.id),
    url: endpoint.url,
    types: endpoint.types,
    account: endpoint.account,
    description: endpoint.description,
    enabled: endpoint.enabled,
    disabled_reason: endpoint.disabledReason,
    failing_since: optionalTimeView(endpoint.failingSince),
    previous_secret_until: optionalTimeView(
      previousSecretUntil !== null && previousSecretUntil > Date.now() ? previousSecretUntil : null,
    ),
    created_at: timeView(endpoint.createdAt),
  };
}

/** The only answers that show a secret: to whoever has it made. */
export function madeEndpointView({ endpoint, secret }: MadeEndpoint) {
  return { ...webhookEndpointView(endpoint), secret };
}

export function deliveryView(delivery: Delivery) {
  return {
    event: publicId('event', delivery.eventId),
    type: delivery.type,
    endpoint: publicId('endpoint', delivery.endpointId),
    status: delivery.status,
    attempt_count: delivery.attemptCount,
    attempts: delivery.attempts,
    next_attempt_at: optionalTimeView(delivery.nextAttemptAt),
    delivered_at: optionalTimeView(delivery.deliveredAt),
    created_at: timeView(delivery.createdAt),
  };
}

export function redeliveredView({ deliveries, nextSince }: RedeliveredSince) {
  return { deliveries, next_since: optionalTimeView(nextSince) };
}
