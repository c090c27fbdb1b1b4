import { amount, id, text, viewSchema } from '../openapi/view-schema.ts';
import { LINE_SCHEMA } from '../rate-cards/line.schema.ts';
import type { quoteView } from './quote.view.ts';

type QuoteView = ReturnType<typeof quoteView>;

const PRICE = viewSchema<QuoteView['price']>('By what it is priced.', {
  rate_card: id('rateCard', 'The rate card.'),
  version: { type: 'integer', minimum: 1, description: 'The version of the rate card that is in effect.' },
});

export const QUOTE_SCHEMA = viewSchema<QuoteView>('What usage would cost now.', {
  total: amount('What all of it costs: the sum of the lines.'),
  unit: text('The unit of the amounts.'),
  price: PRICE,
  amounts: {
    type: 'array',
    items: amount('What the usage costs, as often as it is asked for.'),
    description: 'What each usage costs.',
  },
  lines: { type: 'array', items: LINE_SCHEMA, description: 'How the total comes about, usage by usage.' },
});
