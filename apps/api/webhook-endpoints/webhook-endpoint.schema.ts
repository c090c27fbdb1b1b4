import { DELIVERY_STATUSES, DISABLED_REASONS } from '#webhook-store';
import { EVENT_TYPES } from '#webhooks';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { deliveryView, madeEndpointView, redeliveredView, webhookEndpointView } from './webhook-endpoint.view.ts';

const FIELDS = {
  id: id('endpoint', 'Its id.'),
  url: text('Where events are sent to.'),
  types: {
    type: ['array', 'null'],
    items: choice(EVENT_TYPES, 'A type of event.'),
    description: 'What it hears of; `null`: everything.',
  },
  account: orNull(text('Whose events it hears of; `null`: everybody’s.')),
  description: orNull(text('What people call it.')),
  enabled: { type: 'boolean', description: 'Whether anything is sent to it.' },
  disabled_reason: orNull(
    choice(
      DISABLED_REASONS,
      'By a `request`, because it answered 410 (`gone`), or only failed for five days (`failing`); `null` where it is enabled.',
    ),
  ),
  failing_since: orNull(instant('The first failure after the last success.')),
  previous_secret_until: orNull(instant('Until when the secret before the present one signs as well.')),
  created_at: instant('When it was made.'),
} satisfies Record<string, JsonSchema>;

export const WEBHOOK_ENDPOINT_SCHEMA = viewSchema<ReturnType<typeof webhookEndpointView>>(
  'Where events are sent to.',
  FIELDS,
);

export const MADE_WEBHOOK_ENDPOINT_SCHEMA = viewSchema<ReturnType<typeof madeEndpointView>>(
  'An endpoint with a new secret.',
  { ...FIELDS, secret: text('What signs its messages. Keep it: it is shown here and never again.') },
);

type DeliveryView = ReturnType<typeof deliveryView>;

const ATTEMPT_SCHEMA = viewSchema<DeliveryView['attempts'][number]>('A message that was sent.', {
  at: instant('When.'),
  duration_ms: { type: 'integer', minimum: 0, description: 'How long it took, in milliseconds.' },
  status_code: { type: ['integer', 'null'], description: 'The status of the answer; `null` where there was none.' },
  error: orNull(text('Why there was no answer.')),
  response: text('The first KiB of the answer’s body.'),
});

export const DELIVERY_SCHEMA = viewSchema<DeliveryView>('How far an event has got with an endpoint.', {
  event: id('event', 'The event.'),
  type: choice(EVENT_TYPES, 'The type of the event.'),
  endpoint: id('endpoint', 'The endpoint.'),
  status: choice(DELIVERY_STATUSES, 'It is `pending` until it is answered with 2xx, or has been sent ten times.'),
  attempt_count: { type: 'integer', minimum: 0, description: 'How often it was sent.' },
  attempts: { type: 'array', items: ATTEMPT_SCHEMA, description: 'The last ten times, newest first.' },
  next_attempt_at: orNull(instant('When it is sent next.')),
  delivered_at: orNull(instant('When it was answered with 2xx.')),
  created_at: instant('When it was queued.'),
});

export const REDELIVERED_SCHEMA = viewSchema<ReturnType<typeof redeliveredView>>('What is sent again.', {
  deliveries: { type: 'integer', minimum: 0, description: 'How many events.' },
  next_since: orNull(instant('Where to go on; `null` where that was all.')),
});
