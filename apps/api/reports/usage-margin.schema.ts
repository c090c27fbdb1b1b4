import type { JsonSchema } from '../openapi/json-schema.ts';
import { count, instant, signedAmount, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { MarginView, usageMarginView } from './usage-margin.view.ts';

const FIGURES: FieldSchemas<MarginView> = {
  requests: count(
    'Authorizations that were committed or charged. One with usage in several rows counts in each of them.',
  ),
  credits: signedAmount(
    'Credits that were used, less those that were refunded. In the total: 0 if the accounts have several units.',
  ),
  revenue: signedAmount(
    'What these credits were bought for, by the grants that paid. Promotional and included credits, and debt, earn nothing.',
  ),
  cost: signedAmount('What vendors charge for it, as far as that is known.'),
  margin: signedAmount('`revenue` − `cost`.'),
  margin_percent: {
    type: ['string', 'null'],
    pattern: '^-?\\d+(?:\\.\\d{1,4})?$',
    description: 'The margin as percent of the revenue; `null` without revenue.',
  },
  unknown_costs: {
    type: 'integer',
    description: 'Usages whose cost isn’t known, or is in another currency. It isn’t in `cost`.',
  },
};

const ROW: JsonSchema = {
  type: 'object',
  description: 'What one model, provider, event, account, key or value of a tag used, earned and cost.',
  properties: { unit: text('The unit of the credits.'), ...FIGURES },
  required: ['unit', ...Object.keys(FIGURES)],
  additionalProperties: {
    type: 'string',
    description:
      'What the row is for, in a field that is named like `group_by`: `model`, or `tag.team`. `(none)`: nothing was named.',
  },
};

export const USAGE_MARGIN_SCHEMA = viewSchema<ReturnType<typeof usageMarginView>>(
  'What usage earned and what it cost.',
  {
    report: text('`usage-margin`.'),
    from: instant('The beginning of the range.'),
    to: instant('The end of the range, which isn’t in it.'),
    as_of: instant('When the report was made. What takes effect in the range later isn’t in it yet.'),
    group_by: text('What each row is for.'),
    currency: text('The currency of `revenue`, `cost` and `margin`.'),
    data: {
      type: 'array',
      items: ROW,
      description: 'The rows, those with the most credits first: at most 1 000 and `(other)`.',
    },
    total: viewSchema<MarginView>('All rows together.', FIGURES),
  },
);
