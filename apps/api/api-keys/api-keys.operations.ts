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
    summary: 'Make an API key',
    description:
      'Makes a key for the environment of the key that asks; a key of `live` may make one for any. The answer shows the key itself, this once: what is kept doesn’t tell it. With an `Idempotency-Key` the same request is answered with the same key.',
    answers: { 201: { description: 'The key.', schema: ref('MadeApiKey') } },
    problems: ['live_key_needed', 'environment_not_found'],
    examples: [
      {
        name: 'chat',
        summary: 'For the service that runs the models',
        idempotencyKey: 'chat-key',
        body: { name: 'Chat', scopes: ['authorize'], allowed_addresses: ['10.0.0.0/8', '2001:db8::/32'] },
        ids: [CHAT_KEY],
      },
      {
        name: 'elsewhere',
        summary: 'For an environment that isn’t there',
        body: { name: 'Chat', environment: 'preview', scopes: ['authorize'] },
      },
      {
        name: 'beyond_its_own',
        summary: 'For another environment, by a key that isn’t one of live',
        environment: 'test',
        body: { name: 'Chat', environment: 'live', scopes: ['authorize'] },
      },
    ],
  },
  list: {
    id: 'listApiKeys',
    summary: 'List API keys',
    description: 'The environment’s keys, those that have ended too, newest first. None is shown itself.',
    answers: { 200: { description: 'A page of keys.', schema: listSchema(ref('ApiKey')) } },
    examples: [{ name: 'first_page', summary: 'The newest key', query: { limit: '1' } }],
  },
  find: {
    id: 'getApiKey',
    summary: 'Get an API key',
    description: 'What is known of the key; not the key itself.',
    path: PATH,
    answers: { 200: { description: 'The key.', schema: ref('ApiKey') } },
    problems: ['api_key_not_found'],
    examples: [{ name: 'chat', summary: 'A key', path: { id: CHAT_KEY } }],
  },
  roll: {
    id: 'rollApiKey',
    summary: 'Roll an API key',
    description:
      'Makes another key like this one, which goes on for the overlap: time to put the new one in its place. One that expires earlier still does.',
    path: PATH,
    answers: { 201: { description: 'The new key.', schema: ref('MadeApiKey') } },
    problems: ['api_key_not_found', 'api_key_inactive', 'api_key_configured'],
    examples: [
      {
        name: 'within_an_hour',
        summary: 'The old one goes on for an hour',
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
    description: 'Ends it at once. Again it answers the same.',
    path: PATH,
    answers: { 200: { description: 'The key as it is now.', schema: ref('ApiKey') } },
    problems: ['api_key_not_found', 'api_key_configured'],
    examples: [{ name: 'chat', summary: 'A key', path: { id: CHAT_KEY } }],
  },
};
