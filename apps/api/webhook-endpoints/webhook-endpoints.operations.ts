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
    summary: 'Make a webhook endpoint',
    description:
      'Events that it hears of are sent to it from now on, signed as Standard Webhooks has it. The answer shows the secret, this once. With an `Idempotency-Key` the same request is answered with the same secret.',
    answers: { 201: { description: 'The endpoint.', schema: ref('MadeWebhookEndpoint') } },
    problems: ['account_not_found', 'webhook_host_unknown', 'webhook_host_not_public', 'secrets_key_missing'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'A customer’s own, for what its balance does',
        idempotencyKey: 'acme-hook',
        body: {
          url: 'https://acme.example/purser',
          account: 'acme',
          types: ['balance.threshold_reached', 'balance.exhausted', 'grant.created'],
        },
        ids: [WEBHOOK],
      },
      {
        name: 'within_a_network',
        summary: 'Where nothing is sent to',
        body: { url: 'https://intranet.example/purser' },
      },
    ],
  },
  list: {
    id: 'listWebhookEndpoints',
    summary: 'List webhook endpoints',
    description: 'The environment’s endpoints, newest first.',
    answers: { 200: { description: 'A page of endpoints.', schema: listSchema(ref('WebhookEndpoint')) } },
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own', query: { account: 'acme' } }],
  },
  find: {
    id: 'getWebhookEndpoint',
    summary: 'Get a webhook endpoint',
    description: 'The endpoint, without its secret.',
    path: PATH,
    answers: { 200: THE_ENDPOINT },
    problems: ['webhook_endpoint_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own', path: AT }],
  },
  update: {
    id: 'updateWebhookEndpoint',
    summary: 'Change a webhook endpoint',
    description: 'What isn’t given stays as it is. One that is enabled again gets what still waited for it.',
    path: PATH,
    answers: { 200: THE_ENDPOINT },
    problems: ['webhook_endpoint_not_found', 'webhook_host_unknown', 'webhook_host_not_public'],
    examples: [
      { name: 'everything', summary: 'To hear of everything', path: AT, body: { types: null, description: 'Billing' } },
    ],
  },
  rollSecret: {
    id: 'rollWebhookSecret',
    summary: 'Roll a webhook endpoint’s secret',
    description: 'Gives it a new secret, which the answer shows. The one before signs as well for 24 hours.',
    path: PATH,
    answers: { 200: { description: 'The endpoint.', schema: ref('MadeWebhookEndpoint') } },
    problems: ['webhook_endpoint_not_found', 'secrets_key_missing'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own', path: AT, idempotencyKey: 'acme-hook-2' }],
  },
  sendTest: {
    id: 'testWebhookEndpoint',
    summary: 'Send a test event',
    description: 'Sends a `webhook_endpoint.test` to this endpoint alone, whatever it hears of.',
    path: PATH,
    answers: { 202: { description: 'The delivery that is to come.', schema: ref('Delivery') } },
    problems: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    examples: [{ name: 'of_a_customer', summary: 'A customer’s own', path: AT, ids: [TEST_EVENT] }],
  },
  redeliver: {
    id: 'redeliverSince',
    summary: 'Send events again, since a time',
    description:
      'Sends what the endpoint hears of again, also what has arrived, and what happened while it was disabled; 10 000 events at most. The `webhook-id` stays, so a receiver can drop what it has.',
    path: PATH,
    answers: { 202: { description: 'How many events are sent.', schema: ref('Redelivered') } },
    problems: ['webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    examples: [{ name: 'since_a_time', summary: 'Since a time', path: AT, body: { since: '2026-01-01T00:00:00Z' } }],
  },
  deliveries: {
    id: 'listDeliveries',
    summary: 'List what was sent to a webhook endpoint',
    description: 'How far each event has got, those of the newest events first.',
    path: PATH,
    answers: { 200: { description: 'A page of deliveries.', schema: listSchema(ref('Delivery')) } },
    problems: ['webhook_endpoint_not_found'],
    examples: [
      { name: 'pending', summary: 'What is still to be sent', path: AT, query: { status: 'pending', limit: '1' } },
    ],
  },
  remove: {
    id: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint',
    description: 'Nothing more is sent to it, and its deliveries are gone.',
    path: PATH,
    answers: { 200: { description: 'The endpoint as it was.', schema: ref('WebhookEndpoint') } },
    problems: ['webhook_endpoint_not_found'],
    examples: [
      { name: 'of_a_customer', summary: 'A customer’s own', path: AT },
      { name: 'gone', summary: 'One that isn’t there any more', path: AT },
    ],
  },
};

export const REDELIVERY_OPERATIONS: OperationsOf<RedeliveriesController> = {
  redeliver: {
    id: 'redeliverEvent',
    summary: 'Send an event again',
    description: 'Sends it to every webhook endpoint that hears of it, or to one of these. The `webhook-id` stays.',
    path: { id: { description: 'The event’s id.', schema: { type: 'string', pattern: idPattern('event') } } },
    answers: {
      202: {
        description: 'To how many endpoints it is sent.',
        schema: {
          type: 'object',
          properties: { deliveries: { type: 'integer', minimum: 0, description: 'To how many endpoints.' } },
          required: ['deliveries'],
        },
      },
    },
    problems: ['event_not_found', 'webhook_endpoint_not_found', 'webhook_endpoint_disabled'],
    examples: [
      { name: 'to_one', summary: 'To one endpoint', path: { id: EVENT }, body: { endpoint: WEBHOOK } },
      {
        name: 'unknown',
        summary: 'An event that isn’t there',
        path: { id: 'evt_01m7xxdjqde0094rhh148wft1b' },
        body: {},
      },
    ],
  },
};
