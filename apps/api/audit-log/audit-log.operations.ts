import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { AuditLogController } from './audit-log.controller.ts';

export const AUDIT_LOG_OPERATIONS: OperationsOf<AuditLogController> = {
  list: {
    id: 'listAuditLog',
    summary: 'Get the audit log',
    description:
      'Lists what operators changed, and with which key: keys, environments, accounts, grants, webhook endpoints and the test clock, newest first. The statements record what customers spend. Nobody can change or delete an entry.',
    answers: { 200: { description: 'A page of entries.', schema: listSchema(ref('AuditEntry')) } },
    examples: [
      {
        name: 'of_an_account',
        summary: 'The latest changes of a customer’s account',
        query: { object: 'acme', limit: '3' },
      },
    ],
  },
};
