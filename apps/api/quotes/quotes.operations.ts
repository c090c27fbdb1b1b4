import { ref } from '../openapi/body-schemas.ts';
import { RATE_CARD } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { QuotesController } from './quotes.controller.ts';

export const QUOTE_OPERATIONS: OperationsOf<QuotesController> = {
  quote: {
    id: 'createQuote',
    summary: 'Quote usage',
    description:
      'Returns what usage would cost now, line by line, by a rate card or for an account. Changes nothing, and holds nothing. With `times`, a list of usages is a monthly calculation: quantities that are counted over a period go on through their tiers, from 0 or from what the account has used.',
    answers: { 200: { description: 'The quote.', schema: ref('Quote') } },
    problems: ['rate_card_not_found', 'account_not_found', 'no_rate_card', 'unpriced_usage'],
    examples: [
      {
        name: 'of_a_request',
        summary: 'A request',
        body: {
          rate_card: RATE_CARD,
          usage: { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150 },
        },
      },
      {
        name: 'of_a_month',
        summary: 'A month of two kinds of usage',
        body: {
          rate_card: RATE_CARD,
          usage: [
            { event: 'chat.completed', model: 'gpt-5', input_tokens: 600, output_tokens: 150, times: 20_000 },
            { event: 'image.generated', images: 1, times: 300 },
          ],
        },
      },
      {
        name: 'without_a_price',
        summary: 'A model without a price',
        body: { rate_card: RATE_CARD, usage: { event: 'chat.completed', model: 'claude-sonnet-4-5', input_tokens: 1 } },
      },
    ],
  },
};
