import { amount, viewSchema } from '../openapi/view-schema.ts';
import { USAGE_LIST_SCHEMA } from '../validation/usage.ts';
import type { normalizedUsageView } from './normalized-usage.view.ts';

const VENDOR_COST_SCHEMA = {
  type: ['object', 'null'],
  properties: {
    amount: amount('In the currency, as the answer says it.'),
    currency: { type: 'string', description: 'The currency, `USD`.' },
    upstream: {
      type: ['string', 'null'],
      description: 'What the model’s own vendor charges beside it, if your own key for that vendor was used.',
    },
  },
  required: ['amount', 'currency', 'upstream'],
} as const;

export const NORMALIZED_USAGE_SCHEMA = viewSchema<ReturnType<typeof normalizedUsageView>>(
  'Usage in Purser’s vocabulary.',
  {
    usage: {
      ...USAGE_LIST_SCHEMA,
      description: 'What is priced. Empty if there is nothing to charge, as for an error.',
    },
    assumed: {
      type: 'array',
      items: { type: 'string' },
      description: 'In words, what the answer didn’t say for certain and what was made of it.',
    },
    vendor_costs: {
      type: 'array',
      items: VENDOR_COST_SCHEMA,
      description: 'What the vendor says that each usage costs, in the same order; `null` where it doesn’t say.',
    },
  },
);
