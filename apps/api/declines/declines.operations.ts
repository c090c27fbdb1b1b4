import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { orFile } from '../rows/or-file.ts';
import type { DeclinesController } from './declines.controller.ts';

export const DECLINE_OPERATIONS: OperationsOf<DeclinesController> = {
  report: {
    id: 'reportDeclines',
    summary: 'Report declined requests',
    description:
      'Returns how many requests for credits were declined, over time, by reason, account or tag. Each item of a batch counts. A request ' +
      'that is repeated with its idempotency key counts once. Counts are written within a second, by the minute, and kept for 90 days.',
    answers: { 200: orFile({ description: 'The counts.', schema: ref('Declines') }) },
    problems: ['account_not_found'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'Why a customer’s requests were declined',
        query: { account: 'acme', group_by: 'reason,tag.user', bucket: 'month' },
      },
    ],
  },
};
