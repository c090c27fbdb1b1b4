import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { EVENT, TEST_EVENT, WEBHOOK } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { RedeliveriesController } from './redeliveries.controller.ts';
import type { WebhookEndpointsController } from './webhook-endpoints.controller.ts';

const PATH = {
  id: { description: 'The endpoint’s id.', schema: { type: 'string', pattern: idPattern('endpoint') } },
} as const;
const THE_ENDPOINT: AnswerDescription = { description: 'The endpoint.', schema: ref('WebhookEndpoint') };
const AT = { id: WEBHOOK };

export const WEBHOOK_ENDPOINT_OPERATIONS: OperationsOf<WebhookEndpointsController> = {
  create: {
    id: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint',
    description:
      'From now on, Purser sends the events that the endpoint is subscribed to, signed as Standard Webhooks specifies. The response shows the secret once. With an `Idempotency-Key`, repeating the request returns the same secret.',
    answers: { 201: { description: 'The endpoint.', schema: ref('MadeWebhookEndpoint') } },
    problems: ['account_not_found', 'webhook_host_unknown', 'webhook_host_not_public', 'secrets_key_missing'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'A customer’s own endpoint, for balance events',
        idempotencyKey: 'acme-hook',
        body: {
          url: 'https://example.com/purser',
          account: 'acme',
          types: ['balance.threshold_reached', 'balance.exhausted', 'grant.created'],
        },
        ids: [WEBHOOK],
      },
      {
        name: 'within_a_network',
        summary: 'A host within a private network',
        body: { url: 'https://intranet.example/purser' },
      },
    ],
  },
  list: {
    id: 'listWebhookEndpoints',
    summary: 'List webhook endpoints',
    description: 'Lists the environment’s endpoints, newest first.',
    answers: { 200: { description: 'A page of endpoints.', schema: listSchema(ref('WebhookEndpoint')) } },
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own endpoints', query: { account: 'acme' } }],
  },
  find: {
    id: 'getWebhookEndpoint',
    summary: 'Get a webhook endpoint',
    description: 'Returns the endpoint, without its secret.',
    path: PATH,
    answers: { 200: THE_ENDPOINT },
    problems: ['webhook_endpoint_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own endpoint', path: AT }],
  },
  update: {
    id: 'updateWebhookEndpoint',
    summary: 'Update a webhook endpoint',
    description:
      'Fields that you leave out stay unchanged. When you enable an endpoint again, Purser sends it the deliveries that were still pending.',
    path: PATH,
    answers: { 200: THE_ENDPOINT },
    problems: ['webhook_endpoint_not_found', 'webhook_host_unknown', 'webhook_host_not_public'],
    examples: [
      {
        name: 'everything',
        summary: 'Subscribe to all events',
        path: AT,
        body: { types: null, description: 'Billing' },
      },
    ],
  },
  rollSecret: {
    id: 'rollWebhookSecret',
    summary: 'Roll a webhook endpoint’s secret',
    description:
      'Gives the endpoint a new secret, which the response shows once. For 24 hours, Purser also signs with the previous secret.',
    path: PATH,
    answers: { 200: { description: 'The endpoint.', schema: ref('MadeWebhookEndpoint') } },
    problems: ['webhook_endpoint_not_found', 'secrets_key_missing'],
    examples: [
      { name: 'of_a_customer', summary: 'A customer’s own endpoint', path: AT, idempotencyKey: 'acme-hook-2' },
    ],
  },
  sendTest: {
    id: 'testWebhookEndpoint',
    summary: 'Send a test event',
    description: 'Sends a `webhook_endpoint.test` event to this endpoint alone, whatever its `types`.',
    path: PATH,
    answers: { 202: { description: 'The pending delivery.', schema: ref('Delivery') } },
    problems: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own endpoint', path: AT, ids: [TEST_EVENT] }],
  },
  redeliver: {
    id: 'redeliverSince',
    summary: 'Redeliver events since a time',
    description:
      'Sends again the events that the endpoint is subscribed to, including those already delivered and those that happened while it was disabled; at most 10,000 events. The `webhook-id` stays the same, so a receiver can ignore events that it already has.',
    path: PATH,
    answers: { 202: { description: 'The number of events that Purser sends.', schema: ref('Redelivered') } },
    problems: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    examples: [{ name: 'since_a_time', summary: 'Since a time', path: AT, body: { since: '2026-01-01T00:00:00Z' } }],
  },
  deliveries: {
    id: 'listDeliveries',
    summary: 'List an endpoint’s deliveries',
    description: 'Lists the endpoint’s deliveries, those of the newest events first.',
    path: PATH,
    answers: { 200: { description: 'A page of deliveries.', schema: listSchema(ref('Delivery')) } },
    problems: ['webhook_endpoint_not_found'],
    examples: [{ name: 'pending', summary: 'Pending deliveries', path: AT, query: { status: 'pending', limit: '1' } }],
  },
  remove: {
    id: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint',
    description: 'Deletes the endpoint and its deliveries. Purser sends nothing more to it.',
    path: PATH,
    answers: { 200: { description: 'The endpoint as it was.', schema: ref('WebhookEndpoint') } },
    problems: ['webhook_endpoint_not_found'],
    examples: [
      { name: 'of_a_customer', summary: 'A customer’s own endpoint', path: AT },
      { name: 'gone', summary: 'An endpoint that no longer exists', path: AT },
    ],
  },
};

export const REDELIVERY_OPERATIONS: OperationsOf<RedeliveriesController> = {
  redeliver: {
    id: 'redeliverEvent',
    summary: 'Redeliver an event',
    description:
      'Sends the event again to every endpoint that is subscribed to it, or to one of them. The `webhook-id` stays the same.',
    path: { id: { description: 'The event’s id.', schema: { type: 'string', pattern: idPattern('event') } } },
    answers: {
      202: {
        description: 'The number of endpoints that Purser sends the event to.',
        schema: {
          type: 'object',
          properties: { deliveries: { type: 'integer', minimum: 0, description: 'The number of endpoints.' } },
          required: ['deliveries'],
        },
      },
    },
    problems: ['event_not_found', 'webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    examples: [
      { name: 'to_one', summary: 'To one endpoint', path: { id: EVENT }, body: { endpoint: WEBHOOK } },
      {
        name: 'unknown',
        summary: 'An event that doesn’t exist',
        path: { id: 'evt_01m7xxdjqde0094rhh148wft1b' },
        body: {},
      },
    ],
  },
};
