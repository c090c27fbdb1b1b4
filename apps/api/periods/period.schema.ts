import type { JsonSchema } from '../openapi/json-schema.ts';
import { choice, count, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { MONTH } from '../validation/month-rules.ts';
import type { closingView, periodView } from './period.view.ts';

const HASH = '^[0-9a-f]{64}$';

function nullable(schema: JsonSchema): JsonSchema {
  return { ...schema, type: ['string', 'null'] };
}

function hash(description: string): JsonSchema {
  return { type: 'string', pattern: HASH, description };
}

const CLOSING_SCHEMA = viewSchema<ReturnType<typeof closingView>>('One closing of a month.', {
  version: { type: 'integer', minimum: 1, description: 'How often the month had been closed, this time included.' },
  hash: hash('A SHA-256 over the journal up to then, what was kept, and every closing before. Note it elsewhere.'),
  previous_hash: hash('The hash of the environment’s closing before this one; zeros for the first.'),
  closed_at: instant('When it was closed.'),
  closed_by: nullable(text('The id of the API key that closed it.')),
  reopened_at: nullable(instant('When the month was reopened.')),
  reopened_by: nullable(text('The id of the API key that reopened it.')),
  reopen_reason: nullable(text('Why.')),
});

export const PERIOD_SCHEMA = viewSchema<ReturnType<typeof periodView>>('A month of the environment.', {
  period: { type: 'string', pattern: MONTH.source, description: 'The month.' },
  status: choice(
    ['open', 'closing', 'closed'],
    '`closing`: somebody closes it, or a close has failed or was interrupted.',
  ),
  from: instant('When it begins, by the environment’s time zone.'),
  to: instant('When it ends.'),
  time_zone: nullable(text('The time zone with which it was closed.')),
  version: { type: ['integer', 'null'], minimum: 1, description: 'How often it was closed.' },
  hash: nullable(hash('The hash of its closing.')),
  accounts: { type: ['integer', 'null'], minimum: 0, description: 'How many accounts were closed with it.' },
  totals: {
    type: ['object', 'null'],
    additionalProperties: {
      type: 'object',
      additionalProperties: { type: 'string', pattern: '^-?\\d+(\\.\\d{1,12})?$' },
    },
    description: 'By unit, then by account of the books: what stood there, credits less debits.',
  },
  reports: {
    type: ['array', 'null'],
    items: { type: 'string' },
    description: 'The reports that are kept as they were, like `credit-rollforward.csv`.',
  },
  progress: {
    type: ['object', 'null'],
    properties: {
      step: choice(['sweeping', 'chaining', 'rolling_up', 'closing'], 'What the close is doing.'),
      done: count('How many accounts are done.'),
      total: count('How many there are to do; 0 where that isn’t known.'),
      failure: nullable(text('Why the last attempt failed.')),
      started_at: instant('When it was begun.'),
    },
    required: ['step', 'done', 'total', 'failure', 'started_at'],
    description: 'Of a month that is being closed.',
  },
  closings: { type: 'array', items: CLOSING_SCHEMA, description: 'All its closings, the newest first. They are kept.' },
});
