import { id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { auditView } from './audit-log.view.ts';

type AuditView = ReturnType<typeof auditView>;

export const AUDIT_ENTRY_SCHEMA = viewSchema<AuditView>('One change, and who made it.', {
  id: id('audit', 'Its id.'),
  actor: viewSchema<AuditView['actor']>('The key that made it.', {
    key: id('key', 'Its id.'),
    name: text('What it was called then.'),
  }),
  call: text('The operation, like `POST /v1/api-keys`.'),
  object: text('What was changed: an id, or an environment’s name.'),
  before: { type: ['object', 'null'], description: 'What it was; `null` where it wasn’t there. Never a secret.' },
  after: { type: ['object', 'null'], description: 'What it is from then on.' },
  request_id: text('The request that it was made by, to tell it from others.'),
  created_at: instant('When it was made, in real time.'),
});
