import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { choice, listSchema, text, viewSchema } from '../openapi/view-schema.ts';
import { MONTH } from '../validation/month-rules.ts';
import type { PeriodsController } from './periods.controller.ts';

const PATH = {
  period: { description: 'The month, like `2026-03`.', schema: { type: 'string', pattern: MONTH.source } },
} as const;

const REOPENED = viewSchema<{ period: string; status: string; reason: string }>('A month that was reopened.', {
  period: text('The month.'),
  status: choice(['open'], 'It is open again.'),
  reason: text('Why.'),
});

export const PERIOD_OPERATIONS: OperationsOf<PeriodsController> = {
  list: {
    id: 'listPeriods',
    summary: 'List months',
    description: 'Lists the months from that of the first account to the present one, newest first, all on one page.',
    answers: { 200: { description: 'The months.', schema: listSchema(ref('Period')) } },
    examples: [{ name: 'all', summary: 'The months of the environment' }],
  },
  find: {
    id: 'getPeriod',
    summary: 'Get a month',
    description: 'Returns a month, its closings, and how far a close is that is under way.',
    path: PATH,
    answers: { 200: { description: 'The month.', schema: ref('Period') } },
    problems: ['period_not_found'],
    examples: [
      { name: 'closed', summary: 'A closed month', path: { period: '2020-01' } },
      { name: 'no_month', summary: 'No month', path: { period: '2020-13' } },
    ],
  },
  close: {
    id: 'closePeriod',
    summary: 'Close a month',
    description:
      'Closes a month that is over by every account’s clock, after the month before it. Purser books what is due, compares the reports with the journal, and keeps the month’s reports and a hash of the journal. From then on, reports of the month are returned as they were kept. A close that takes longer than 20 seconds goes on in the background and returns 202: `GET /v1/periods/{period}` says how far it is. Send the request again to go on with a close that was interrupted; a closed month stays as it is.',
    path: PATH,
    answers: {
      200: { description: 'The month is closed.', schema: ref('Period') },
      202: { description: 'The month is being closed.', schema: ref('Period') },
    },
    problems: ['period_not_found', 'period_not_over', 'period_out_of_order', 'period_close_failed'],
    examples: [
      { name: 'over', summary: 'A month that is over', path: { period: '2020-01' } },
      { name: 'out_of_order', summary: 'Before the month before it', path: { period: '2020-03' } },
      { name: 'not_over', summary: 'A month that isn’t over', path: { period: '9999-12' } },
    ],
  },
  reopen: {
    id: 'reopenPeriod',
    summary: 'Reopen a month',
    description:
      'Reopens a closed month and every month after it. What was kept stays, as a version of the month. The reason is kept too, and entered in the audit log.',
    path: PATH,
    answers: { 200: { description: 'The month is open again.', schema: REOPENED } },
    problems: ['period_not_found', 'period_not_closed'],
    examples: [
      {
        name: 'late_invoice',
        summary: 'For an invoice that came late',
        path: { period: '2020-01' },
        body: { reason: 'The invoice of a vendor came late.' },
      },
      {
        name: 'not_closed',
        summary: 'A month that isn’t closed',
        path: { period: '2020-01' },
        body: { reason: 'Once more.' },
      },
    ],
  },
};
