import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { orFile } from '../rows/or-file.ts';
import type { UsageReportsController } from './usage-reports.controller.ts';

export const USAGE_REPORT_OPERATIONS: OperationsOf<UsageReportsController> = {
  report: {
    id: 'reportUsage',
    summary: 'Report usage',
    description:
      'Returns what was used, over time: requests, credits by where they came from, quantities such as tokens, and for operators revenue, cost and margin. ' +
      'Rows can be grouped and filtered by model, event, provider, API key, account and tags. Buckets are exact in every time zone. ' +
      'Usage stands where it took effect, a refund where it was refunded.',
    answers: { 200: orFile({ description: 'The report.', schema: ref('UsageReport') }) },
    problems: ['account_not_found'],
    examples: [
      {
        name: 'by_model',
        summary: 'A customer’s month by model',
        query: { account: 'acme', bucket: 'month', group_by: 'model' },
      },
      {
        name: 'by_user',
        summary: 'The users with the most usage',
        query: { bucket: 'month', group_by: 'tag.user', top: '1', metric: 'requests' },
      },
    ],
  },
};
