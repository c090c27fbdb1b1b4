import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { CHAT_KEY, ROLLED_KEY } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { ApiKeysController } from './api-keys.controller.ts';

const PATH = { id: { description: 'The key’s id.', schema: { type: 'string', pattern: idPattern('key') } } } as const;

export const API_KEY_OPERATIONS: OperationsOf<ApiKeysController> = {
  create: {
    id: 'createApiKey',
    summary: 'Create an API key',
    description:
      'Creates a key for the environment of the key that you send; a key of `live` can create keys for any environment. The response shows the key itself once; Purser stores only its hash. With an `Idempotency-Key`, repeating the request returns the same key. A key that expires, or that is bound to addresses, can only create keys that are bound as narrowly.',
    answers: { 201: { description: 'The key.', schema: ref('MadeApiKey') } },
    problems: [
      'live_key_needed',
      'environment_not_found',
      'account_not_found',
      'api_key_expires_later',
      'api_key_addresses_wider',
    ],
    examples: [
      {
        name: 'chat',
        summary: 'A key for the service that runs the models',
        idempotencyKey: 'chat-key',
        body: { name: 'Chat', scopes: ['authorize'], allowed_addresses: ['10.0.0.0/8', '2001:db8::/32'] },
        ids: [CHAT_KEY],
      },
      {
        name: 'of_a_customer',
        summary: 'A key for a customer’s own page: it shows this account and no other',
        body: { name: 'Acme’s page', scopes: ['read'], account: 'acme' },
      },
      {
        name: 'elsewhere',
        summary: 'An environment that doesn’t exist',
        body: { name: 'Chat', environment: 'preview', scopes: ['authorize'] },
      },
      {
        name: 'beyond_its_own',
        summary: 'A key for another environment, requested without a key of live',
        environment: 'test',
        body: { name: 'Chat', environment: 'live', scopes: ['authorize'] },
      },
    ],
  },
  list: {
    id: 'listApiKeys',
    summary: 'List API keys',
    description:
      'Lists the environment’s keys, including expired and revoked ones, newest first. The list never shows the keys themselves.',
    answers: { 200: { description: 'A page of keys.', schema: listSchema(ref('ApiKey')) } },
    examples: [{ name: 'first_page', summary: 'The newest key', query: { limit: '1' } }],
  },
  find: {
    id: 'getApiKey',
    summary: 'Get an API key',
    description: 'Returns information about the key, but not the key itself.',
    path: PATH,
    answers: { 200: { description: 'The key.', schema: ref('ApiKey') } },
    problems: ['api_key_not_found'],
    examples: [{ name: 'chat', summary: 'A key', path: { id: CHAT_KEY } }],
  },
  update: {
    id: 'updateApiKey',
    summary: 'Change an API key’s limit',
    description:
      'Sets what requests with the key may spend over all accounts, or removes the limit. Keys that it was rolled from or to share the limit. A new limit applies in every process within a second.',
    path: PATH,
    answers: { 200: { description: 'The key.', schema: ref('ApiKey') } },
    problems: ['api_key_not_found'],
    examples: [
      {
        name: 'fifty_a_month',
        summary: 'A development key of 50 a month',
        path: { id: CHAT_KEY },
        body: { limit: { amount: '50', period: 'month' } },
      },
      { name: 'no_limit', summary: 'No limit any more', path: { id: CHAT_KEY }, body: { limit: null } },
    ],
  },
  roll: {
    id: 'rollApiKey',
    summary: 'Roll an API key',
    description:
      'Creates a new key like this one. The old key stays valid for the overlap, so that you can replace it without downtime. If it expires earlier, that still applies.',
    path: PATH,
    answers: { 201: { description: 'The new key.', schema: ref('MadeApiKey') } },
    problems: [
      'api_key_not_found',
      'api_key_inactive',
      'api_key_configured',
      'api_key_expires_later',
      'api_key_addresses_wider',
    ],
    examples: [
      {
        name: 'within_an_hour',
        summary: 'The old key stays valid for an hour',
        path: { id: CHAT_KEY },
        idempotencyKey: 'chat-key-2',
        body: { overlap: 3600 },
        ids: [ROLLED_KEY],
      },
    ],
  },
  revoke: {
    id: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'Revokes the key at once. Repeating the call returns the same result.',
    path: PATH,
    answers: { 200: { description: 'The revoked key.', schema: ref('ApiKey') } },
    problems: ['api_key_not_found', 'api_key_configured'],
    examples: [{ name: 'chat', summary: 'A key', path: { id: CHAT_KEY } }],
  },
};
