import { idPattern } from '#ledger';
import { ref } from '../openapi/body-schemas.ts';
import { RATE_CARD } from '../openapi/example-ids.ts';
import type { AnswerDescription, OperationsOf } from '../openapi/operation.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { RateCardsController } from './rate-cards.controller.ts';

const PATH = {
  id: { description: 'The rate card’s id.', schema: { type: 'string', pattern: idPattern('rateCard') } },
} as const;
const THE_CARD: AnswerDescription = { description: 'The rate card.', schema: ref('RateCard') };
const AT = { id: RATE_CARD };

const CHAT_PRICES = [
  {
    event: 'chat.completed',
    match: { model: 'gpt-5*' },
    components: [
      { quantity: 'input_tokens', per: '1000', amount: '0.03' },
      { quantity: 'cache_read_tokens', per: '1000', amount: '0.003' },
      { quantity: 'output_tokens', per: '1000', amount: '0.06' },
    ],
    multipliers: [{ match: { batch: true }, by: '0.5' }],
    max_output_tokens: 4096,
  },
  { event: 'image.generated', components: [{ quantity: 'images', amount: '4' }] },
];

export const RATE_CARD_OPERATIONS: OperationsOf<RateCardsController> = {
  create: {
    id: 'createRateCard',
    summary: 'Create a rate card',
    description:
      'Creates a rate card with its first version, which always has been in effect. A card that can’t be priced without doubt is refused, with every error at once.',
    answers: { 201: { description: 'The rate card.', schema: ref('RateCard') } },
    examples: [
      {
        name: 'of_models',
        summary: 'Prices of a model and of images',
        idempotencyKey: 'our-prices',
        body: { name: 'Our prices', unit: 'credits', prices: CHAT_PRICES },
        ids: [RATE_CARD],
      },
      {
        name: 'several_faults',
        summary: 'Two faults',
        body: {
          name: 'Our prices',
          unit: 'credits',
          prices: [
            {
              event: 'chat.completed',
              components: [
                { quantity: 'input_tokens', amount: '-0.03' },
                { quantity: 'pages', pricing: 'graduated' },
              ],
            },
          ],
        },
      },
    ],
  },
  list: {
    id: 'listRateCards',
    summary: 'List rate cards',
    description: 'Lists the environment’s rate cards, newest first, without their prices.',
    answers: { 200: { description: 'A page of rate cards.', schema: listSchema(ref('ListedRateCard')) } },
    examples: [{ name: 'first_page', summary: 'The rate cards of the environment' }],
  },
  find: {
    id: 'getRateCard',
    summary: 'Get a rate card',
    description: 'Returns the version that is in effect by the environment’s clock, or another version of the card.',
    path: PATH,
    answers: { 200: THE_CARD },
    problems: ['rate_card_not_found', 'rate_card_version_not_found'],
    examples: [
      { name: 'in_effect', summary: 'The version in effect', path: AT },
      { name: 'scheduled', summary: 'A version that is scheduled', path: AT, query: { version: '2' } },
      { name: 'no_such_version', summary: 'A version that there is not', path: AT, query: { version: '3' } },
    ],
  },
  showPublic: {
    id: 'getPublicPrices',
    summary: 'Get a price list for customers',
    description:
      'Returns what customers may see of a rate card: its prices in words. With `Accept: text/html`, it is a page without script. Any key of the environment may ask for it, also one that is bound to an account; for a cost card, the response is 404.',
    path: PATH,
    answers: { 200: { description: 'The price list.', schema: ref('PublicPrices') } },
    problems: ['rate_card_not_found', 'rate_card_version_not_found'],
    examples: [{ name: 'for_customers', summary: 'The price list', path: AT }],
  },
  publish: {
    id: 'publishRateCardVersion',
    summary: 'Publish a version',
    description:
      'Adds a version to a rate card. It applies to authorizations that are created once it is in effect; those that exist keep their version. The response comes when every process has the version, after about a second.',
    path: PATH,
    answers: { 201: { description: 'The rate card with its new version.', schema: ref('RateCard') } },
    problems: ['rate_card_not_found', 'rate_card_archived'],
    examples: [
      {
        name: 'next_year',
        summary: 'Other prices from a date on',
        path: AT,
        idempotencyKey: 'prices-of-2100',
        body: {
          prices: [{ event: 'image.generated', components: [{ quantity: 'images', amount: '3' }] }],
          effective_at: '2100-01-01T00:00:00Z',
        },
      },
    ],
  },
  listVersions: {
    id: 'listRateCardVersions',
    summary: 'List versions',
    description: 'Lists the versions of a rate card, newest first, without their prices.',
    path: PATH,
    answers: { 200: { description: 'A page of versions.', schema: listSchema(ref('RateCardVersion')) } },
    problems: ['rate_card_not_found'],
    examples: [{ name: 'all', summary: 'The versions of a rate card', path: AT }],
  },
  archive: {
    id: 'archiveRateCard',
    summary: 'Archive a rate card',
    description:
      'Accounts that have the rate card keep it. No other account can get it, and it gets no new version. Archiving it again changes nothing.',
    path: PATH,
    answers: { 200: THE_CARD },
    problems: ['rate_card_not_found'],
    examples: [{ name: 'no_longer_sold', summary: 'Prices that are no longer offered', path: AT }],
  },
};
