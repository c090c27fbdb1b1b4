import { API_KEY_STATUSES, SCOPES } from '#access';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { ENVIRONMENT_NAME } from '../validation/rules.ts';
import type { apiKeyView, madeKeyView } from './api-key.view.ts';

const FIELDS = {
  id: id('key', 'Its id; not the key itself.'),
  name: text('What people call it.'),
  environment: { type: 'string', pattern: ENVIRONMENT_NAME.source, description: 'Where it acts.' },
  scopes: { type: 'array', items: choice(SCOPES, 'A scope.'), description: 'What it may do.' },
  prefix: orNull(text('How the key begins, up to its secret; `null` for one that is set by configuration.')),
  status: choice(API_KEY_STATUSES, 'Only one that is `active` is let in.'),
  allowed_addresses: {
    type: 'array',
    items: text('An IP address, or a network as `address/bits`.'),
    description: 'Where it may be used from; anywhere, where there are none.',
  },
  created_by: orNull(id('key', 'The key that it was made with; `null` for those that are there from the start.')),
  created_at: instant('When it was made.'),
  expires_at: orNull(instant('From when on it isn’t let in any more.')),
  revoked_at: orNull(instant('When it was revoked.')),
  last_used_at: orNull(instant('When it was last used, within some seconds.')),
} satisfies Record<string, JsonSchema>;

export const API_KEY_SCHEMA = viewSchema<ReturnType<typeof apiKeyView>>('What is known of an API key.', FIELDS);

export const MADE_API_KEY_SCHEMA = viewSchema<ReturnType<typeof madeKeyView>>('A new API key.', {
  ...FIELDS,
  key: text('The key itself. Keep it: it is shown here and never again.'),
});
