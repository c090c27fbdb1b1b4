import { REPORTS } from '#reports';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { ReportsController } from './reports.controller.ts';

export const REPORT_OPERATIONS: OperationsOf<ReportsController> = {
  showUsageMargin: {
    id: 'reportUsageMargin',
    summary: 'Report what usage earned and cost',
    description:
      'Returns credits, revenue, vendor cost and margin by model, provider, event, account, key or tag. Credits and revenue are those of transfers that took effect in the range, costs those of usage that was committed in it. ' +
      'Paid credits earn what their grant cost (`cost_basis`), or else `price_per_credit` of the settings. A cost that isn’t known is counted, and never taken as 0. Debt that was repaid earns in a row of its own, `(debt repaid)`.',
    answers: { 200: { description: 'The report.', schema: ref('UsageMargin') } },
    examples: [{ name: 'by_model', summary: 'By model', query: { group_by: 'model' } }],
  },
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
