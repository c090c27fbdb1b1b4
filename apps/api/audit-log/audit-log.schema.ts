import { id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { auditView } from './audit-log.view.ts';

type AuditView = ReturnType<typeof auditView>;

export const AUDIT_ENTRY_SCHEMA = viewSchema<AuditView>('One change, and who made it.', {
  id: id('audit', 'The entry’s id.'),
  actor: viewSchema<AuditView['actor']>('The key that made the change.', {
    key: id('key', 'The key’s id.'),
    name: text('The key’s name at that time.'),
  }),
  call: text('The operation, like `POST /v1/api-keys`.'),
  object: text('What was changed: an id, or an environment’s name.'),
  before: {
    type: ['object', 'null'],
    additionalProperties: true,
    description: 'Its state before the change; `null` if it didn’t exist. Never contains a secret.',
  },
  after: { type: ['object', 'null'], additionalProperties: true, description: 'Its state after the change.' },
  request_id: text('The id of the request that made the change.'),
  created_at: instant('When the change was made, in real time.'),
});
