import { id, instant, metadata, text, viewSchema } from '../openapi/view-schema.ts';
import type { PublicPrice, PublicPrices } from './public-prices.view.ts';

const PUBLIC_PRICE_SCHEMA = viewSchema<PublicPrice>('What usage of an event costs.', {
  event: text('The event, like `chat.completed`.'),
  match: metadata(
    'What the model, the provider, a property or a tag must be; empty: it is for all usage of the event.',
  ),
  applies_to: text('The same in words; empty if it is for all usage of the event.'),
  quantities: { type: 'array', items: text('A quantity, like `input_tokens`.'), description: 'What is charged.' },
  examples: {
    type: 'array',
    items: text('A sentence, like “1,000 input tokens cost 0.03 credits.”'),
    description: 'What it costs, in words.',
  },
});

export const PUBLIC_PRICES_SCHEMA = viewSchema<PublicPrices>('What customers may see of a rate card.', {
  id: id('rateCard', 'The rate card’s id.'),
  name: text('Its name.'),
  unit: text('The unit of its amounts.'),
  version: { type: 'integer', minimum: 1, description: 'The version that is shown.' },
  effective_at: instant('When the version takes effect.'),
  prices: { type: 'array', items: PUBLIC_PRICE_SCHEMA, description: 'The prices, as the rate card has them.' },
});
