import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { CostReportsController } from './cost-reports.controller.ts';

export const COST_REPORT_OPERATIONS: OperationsOf<CostReportsController> = {
  showUsageMargin: {
    id: 'reportUsageMargin',
    summary: 'Report what usage earned and cost',
    description:
      'Returns requests, credits by where they came from, revenue, vendor cost and margin by model, provider, event, account, key, token type or tag, and by day if you ask for that. Credits and revenue are those of transfers that took effect in the range, costs those of usage that was stated in it. ' +
      'Paid credits earn what was paid for their grant. A cost that isn’t known is counted, and never taken as 0. Repaid debt, expired credits and commitments have rows of their own: `(debt repaid)`, `(breakage)`, `(commitment)`.',
    answers: { 200: { description: 'The report.', schema: ref('UsageMargin'), alsoAs: ['text/csv'] } },
    examples: [
      { name: 'by_model', summary: 'By model', query: { group_by: 'model' } },
      { name: 'by_day', summary: 'By team and day', query: { group_by: 'tag.team', bucket: 'day' } },
    ],
  },
  showChargeback: {
    id: 'reportChargeback',
    summary: 'Report who is charged for usage',
    description:
      'Returns usage by cost centre: what each used itself, what it bears of shared usage, a mark-up, and the total. Usage that nobody is charged for is in the row `(unallocated)`. What all rows used and bear is what was used, to the last digit.',
    answers: { 200: { description: 'The report.', schema: ref('Report'), alsoAs: ['text/csv'] } },
    examples: [
      { name: 'showback', summary: 'What each team used', query: { by: 'tag.team' } },
      { name: 'by_split', summary: 'What each team is charged', query: { split: 'teams' } },
    ],
  },
  showFocus: {
    id: 'reportFocus',
    summary: 'Export usage as FOCUS 1.2',
    description:
      'Returns usage in the columns of FOCUS 1.2, the FinOps Open Cost and Usage Specification: a row for each account, day, model and token type. Days and months are those of UTC. Costs are what vendors charge, as far as that is known; credits are a virtual currency.',
    answers: { 200: { description: 'The rows.', schema: ref('Report'), alsoAs: ['text/csv'] } },
    problems: ['account_not_found'],
    examples: [{ name: 'this_month', summary: 'This month' }],
  },
};
