import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { AuditLogController } from './audit-log.controller.ts';

export const AUDIT_LOG_OPERATIONS: OperationsOf<AuditLogController> = {
  list: {
    id: 'listAuditLog',
    summary: 'Get the audit log',
    description:
      'What operators changed, by which key: keys, environments, accounts, grants and the test clock, newest first. What customers’ traffic does stands in the statements. Nothing in the log is ever changed or deleted.',
    answers: { 200: { description: 'A page of entries.', schema: listSchema(ref('AuditEntry')) } },
    examples: [{ name: 'of_an_account', summary: 'What was done to a customer', query: { object: 'globex' } }],
  },
};
