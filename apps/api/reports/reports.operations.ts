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
};
