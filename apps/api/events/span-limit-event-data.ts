import type { LimitEvents, LimitEventType } from '#ledger';
import { UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, count, id, instant, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { EventDescription } from './event-description.ts';

const OF_LIMIT: FieldSchemas<LimitEvents['environment_limit.threshold_reached']> = {
  limit_id: id('limit', 'The limit.'),
  limit: amount('Its amount.'),
  unit: UNIT_SCHEMA,
  window: viewSchema<LimitEvents['environment_limit.threshold_reached']['window']>('The period that it is about.', {
    start: instant('When it began.'),
    end: orNull(instant('When it ends; `null`: never.')),
  }),
  spent: amount('What all accounts have spent in it, less refunds.'),
  percent: count('The highest threshold reached, in percent of the amount.'),
  crossed: { type: 'array', items: count('A threshold.'), description: 'All thresholds that were reached together.' },
  used_percent: text('How much is spent, in percent with at most two decimals.'),
};

/** The events of the limits of API keys and environments. */
export const SPAN_LIMIT_EVENTS: { readonly [T in LimitEventType]: EventDescription<LimitEvents[T]> } = {
  'key_limit.threshold_reached': {
    sentWhen: 'A percentage of an API key’s limit is spent.',
    fields: { ...OF_LIMIT, key: id('key', 'The key; the newest one if it was rolled.') },
  },
  'environment_limit.threshold_reached': {
    sentWhen: 'A percentage of the environment’s limit is spent.',
    fields: OF_LIMIT,
  },
};
