import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, instant, signedAmount, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { USAGE_BUCKETS } from './usage-report.query.ts';
import type { UsageReportView, UsageRowView, UsageTotalView } from './usage-report.view.ts';

const MONEY = ['revenue', 'cost', 'margin', 'promotional_cost', 'unknown_costs'] as const;
const NOT_FOR_ACCOUNTS = 'Keys that are bound to an account don’t see it.';

const whole = (description: string): JsonSchema => ({ type: 'integer', description });

const FIGURES: FieldSchemas<UsageTotalView> = {
  unit: { type: ['string', 'null'], description: 'The unit of the credits; in the total `null` if there are several.' },
  requests: whole('Authorizations that were committed or charged, in the row of their first usage.'),
  late: whole('Of these, those that were committed after their hold had expired.'),
  unpriced: whole('Usages that no price was found for.'),
  credits: {
    type: 'object',
    description: 'Credits that were used, by where they came from, less what was refunded.',
    properties: {
      paid: orNull(signedAmount('Paid credits.')),
      promotional: orNull(signedAmount('Promotional credits.')),
      included: orNull(signedAmount('Credits that are included in a plan.')),
      debt: orNull(signedAmount('Used on credit.')),
    },
    required: ['paid', 'promotional', 'included', 'debt'],
  },
  uncollected: orNull(signedAmount('What was used and covered by neither credits nor debt.')),
  refunded: orNull(signedAmount('What was refunded. It is in `credits` already.')),
  quantities: {
    type: ['object', 'null'],
    description:
      'How much was used, by quantity: `{"input_tokens": "1200"}`. `null` if rows are by one tag, whose sums have no quantities.',
    additionalProperties: { type: 'string' },
  },
  revenue: signedAmount(`What the paid credits were bought for. ${NOT_FOR_ACCOUNTS}`),
  cost: signedAmount(`What vendors charge, as far as that is known. ${NOT_FOR_ACCOUNTS}`),
  margin: signedAmount(`\`revenue\` − \`cost\`. ${NOT_FOR_ACCOUNTS}`),
  promotional_cost: signedAmount(`The part of the cost that promotional credits paid for. ${NOT_FOR_ACCOUNTS}`),
  unknown_costs: whole(`Usages whose cost isn’t known. ${NOT_FOR_ACCOUNTS}`),
};

const ROW = viewSchema<UsageRowView>(
  'What usage of a group adds up to in a bucket.',
  {
    bucket: instant('When the bucket begins.'),
    group: {
      type: 'object',
      description:
        'What the row is about, by the names of `group_by`. `(none)`: nothing was named; `(other)`: all groups beyond the top.',
      additionalProperties: { type: 'string' },
    },
    ...FIGURES,
  },
  MONEY,
);

export const USAGE_REPORT_SCHEMA = viewSchema<UsageReportView>(
  'What was used.',
  {
    from: instant('The beginning of the range that the rows are of.'),
    to: instant('The end of the range, which isn’t in it.'),
    time_zone: text('The time zone of the buckets.'),
    bucket: choice(USAGE_BUCKETS, 'How long a bucket is.'),
    group_by: { type: 'array', items: { type: 'string' }, description: 'What rows are grouped by.' },
    currency: text(`The currency of \`revenue\`, \`cost\` and \`margin\`. ${NOT_FOR_ACCOUNTS}`),
    as_of: instant('Everything that was decided before is in the rows.'),
    data: { type: 'array', items: ROW, description: 'The rows, by bucket, those with the most of the metric first.' },
    total: viewSchema<UsageTotalView>('All rows together.', FIGURES, MONEY),
  },
  ['currency'],
);
