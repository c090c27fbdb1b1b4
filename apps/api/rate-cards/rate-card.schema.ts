import { RATE_CARD_PURPOSES } from '#ledger-store';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { PRICES_SCHEMA } from '../validation/prices.ts';
import type { listedRateCardView, rateCardView, versionView } from './rate-card.view.ts';

const VERSION: JsonSchema = { type: 'integer', minimum: 1, description: 'The number of the version, counted from 1.' };
const EFFECTIVE_AT = instant(
  'When the version takes effect, by the clock of each account. The first version always has been in effect.',
);

const FIELDS = {
  id: id('rateCard', 'The rate card’s id.'),
  name: text('A name for people.'),
  unit: text('The unit of its amounts.'),
  purpose: choice(RATE_CARD_PURPOSES, '`price`: what accounts pay; `cost`: what vendors charge you.'),
  version: { ...VERSION, description: 'The version that is shown.' },
  effective_at: EFFECTIVE_AT,
  archived_at: orNull(instant('When it was archived.')),
  created_at: instant('When the rate card was created.'),
} satisfies Record<string, JsonSchema>;

export const LISTED_RATE_CARD_SCHEMA = viewSchema<ReturnType<typeof listedRateCardView>>(
  'A rate card without its prices.',
  FIELDS,
);

export const RATE_CARD_SCHEMA = viewSchema<ReturnType<typeof rateCardView>>('What usage costs.', {
  ...FIELDS,
  prices: { ...PRICES_SCHEMA, description: 'As sent.' },
});

export const RATE_CARD_VERSION_SCHEMA = viewSchema<ReturnType<typeof versionView>>(
  'A version of a rate card, which never changes.',
  {
    rate_card: id('rateCard', 'The rate card.'),
    version: VERSION,
    effective_at: EFFECTIVE_AT,
    created_at: instant('When the version was published.'),
  },
);
