import { DELIVERY_STATUSES, DISABLED_REASONS } from '#webhook-store';
import { EVENT_TYPES } from '#webhooks';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { deliveryView, madeEndpointView, redeliveredView, webhookEndpointView } from './webhook-endpoint.view.ts';

const FIELDS = {
  id: id('endpoint', 'The endpoint’s id.'),
  url: text('Where Purser sends events.'),
  types: {
    type: ['array', 'null'],
    items: choice(EVENT_TYPES, 'A type of event.'),
    description: 'The event types that it is subscribed to; `null`: all except `authorization.committed`.',
  },
  account: orNull(text('The account whose events it receives; `null`: all accounts.')),
  description: orNull(text('A description for people.')),
  enabled: { type: 'boolean', description: 'Whether Purser sends anything to the endpoint.' },
  disabled_reason: orNull(
    choice(
      DISABLED_REASONS,
      'Why it is disabled: by a `request`, because it returned 410 (`gone`), or because every delivery attempt failed for five days (`failing`). `null` if it is enabled.',
    ),
  ),
  failing_since: orNull(instant('The first failure after the last success.')),
  previous_secret_until: orNull(instant('Until when Purser also signs with the previous secret.')),
  created_at: instant('When the endpoint was created.'),
} satisfies Record<string, JsonSchema>;

export const WEBHOOK_ENDPOINT_SCHEMA = viewSchema<ReturnType<typeof webhookEndpointView>>(
  'A URL that Purser sends events to.',
  FIELDS,
);

export const MADE_WEBHOOK_ENDPOINT_SCHEMA = viewSchema<ReturnType<typeof madeEndpointView>>(
  'An endpoint with a new secret.',
  { ...FIELDS, secret: text('The secret that signs its messages. Save it: Purser never shows it again.') },
);

type DeliveryView = ReturnType<typeof deliveryView>;

const ATTEMPT_SCHEMA = viewSchema<DeliveryView['attempts'][number]>('A delivery attempt.', {
  at: instant('When the attempt was made.'),
  duration_ms: { type: 'integer', minimum: 0, description: 'The duration, in milliseconds.' },
  status_code: { type: ['integer', 'null'], description: 'The status code of the response; `null` if there was none.' },
  error: orNull(text('Why there was no response.')),
  response: text('The first KiB of the response body.'),
});

export const DELIVERY_SCHEMA = viewSchema<DeliveryView>('The delivery of an event to an endpoint.', {
  event: id('event', 'The event.'),
  type: choice(EVENT_TYPES, 'The type of the event.'),
  endpoint: id('endpoint', 'The endpoint.'),
  status: choice(
    DELIVERY_STATUSES,
    '`pending` until the endpoint returns 2xx, or the tenth delivery attempt has failed.',
  ),
  attempt_count: { type: 'integer', minimum: 0, description: 'The number of delivery attempts.' },
  attempts: { type: 'array', items: ATTEMPT_SCHEMA, description: 'The last ten delivery attempts, newest first.' },
  next_attempt_at: orNull(instant('When Purser makes the next delivery attempt.')),
  delivered_at: orNull(instant('When the endpoint returned 2xx.')),
  created_at: instant('When the delivery was queued.'),
});

export const REDELIVERED_SCHEMA = viewSchema<ReturnType<typeof redeliveredView>>('What Purser sends again.', {
  deliveries: { type: 'integer', minimum: 0, description: 'The number of events.' },
  next_since: orNull(instant('The `since` to continue from; `null` if there are no more events.')),
});
