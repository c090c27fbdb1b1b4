import { REPORTS } from '#reports';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { ReportsController } from './reports.controller.ts';

export const REPORT_OPERATIONS: OperationsOf<ReportsController> = {
  showReport: {
    id: 'showReport',
    summary: 'Show a report',
    description:
      'Returns a report by its name, as JSON or CSV. A month is one of the environment’s calendar. Everything that is in the journal when it is asked for is in it. ' +
      'Keys that are bound to an account see `credit-rollforward` and `statement` of that account, and no money.',
    path: { name: { description: 'The report’s name.', schema: { type: 'string', enum: [...REPORTS.keys()] } } },
    answers: {
      200: { description: 'The report.', schema: ref('Report'), alsoAs: ['text/csv', 'text/html'] },
    },
    problems: ['report_not_found', 'account_not_found'],
    examples: [
      {
        name: 'deferred_revenue',
        summary: 'What was paid and isn’t earned yet',
        path: { name: 'deferred-revenue' },
        query: { period: '2026-03' },
      },
    ],
  },
};
