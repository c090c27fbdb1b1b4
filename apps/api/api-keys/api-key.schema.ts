import { API_KEY_STATUSES, SCOPES } from '#access';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { LIMIT_TERMS_SCHEMA } from '../limits/limit.schema.ts';
import { ENVIRONMENT_NAME } from '../validation/rules.ts';
import type { apiKeyView, madeKeyView } from './api-key.view.ts';

const FIELDS = {
  id: id('key', 'The key’s id; not the key itself.'),
  name: text('A name for people.'),
  environment: {
    type: 'string',
    pattern: ENVIRONMENT_NAME.source,
    description: 'The environment that the key acts in.',
  },
  scopes: { type: 'array', items: choice(SCOPES, 'A scope.'), description: 'What the key may do.' },
  prefix: orNull(text('The beginning of the key, up to the secret; `null` for a key set by configuration.')),
  status: choice(API_KEY_STATUSES, 'Purser accepts only `active` keys.'),
  allowed_addresses: {
    type: 'array',
    items: text('An IP address, or a network as `address/bits`.'),
    description: 'The addresses that the key may be used from; empty: any.',
  },
  account: orNull({
    ...ACCOUNT_ID_SCHEMA,
    description: 'The only account that the key may see and act on; `null`: all of its environment.',
  }),
  limit: orNull({
    ...LIMIT_TERMS_SCHEMA,
    description: 'What requests with the key may spend over all accounts; `null`: it has no limit of its own.',
  }),
  created_by: orNull(id('key', 'The key that created this one; `null` for keys that exist from the start.')),
  created_at: instant('When the key was created.'),
  expires_at: orNull(instant('The time from which Purser no longer accepts the key.')),
  revoked_at: orNull(instant('When the key was revoked.')),
  last_used_at: orNull(instant('When the key was last used, accurate to some seconds.')),
} satisfies Record<string, JsonSchema>;

export const API_KEY_SCHEMA = viewSchema<ReturnType<typeof apiKeyView>>('Information about an API key.', FIELDS);

export const MADE_API_KEY_SCHEMA = viewSchema<ReturnType<typeof madeKeyView>>('A new API key.', {
  ...FIELDS,
  key: text('The key itself. Save it: Purser never shows it again.'),
});
