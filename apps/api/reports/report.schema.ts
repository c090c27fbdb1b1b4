import type { JsonSchema } from '../openapi/json-schema.ts';
import { instant, text } from '../openapi/view-schema.ts';

const CELLS: JsonSchema = {
  type: 'object',
  description: 'Its fields are the columns of the report, in their order. Amounts are signed.',
  additionalProperties: { type: ['string', 'integer', 'null'] },
};

/** What every report answers; which columns it has is said by its documentation. */
export const REPORT_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'A report.',
  properties: {
    report: text('Its name.'),
    period: text('The month, where it was asked for by its month.'),
    from: instant('The beginning of the range, where it was asked for by its ends.'),
    to: instant('The end of the range, which isn’t in it.'),
    time_zone: text('By whose calendar months and days begin.'),
    as_of: instant('When it was read. What takes effect in the range later isn’t in it yet.'),
    account: text('The account, where it was asked for.'),
    currency: text('The currency, where it was asked for.'),
    method: text('When credits that will never be used are earned, where that makes a difference.'),
    group_by: text('What each row is for, where it was asked for.'),
    split: text('Of a chargeback: the split, where it was asked for.'),
    by: text('Of a chargeback: what cost centres are.'),
    measure: text('Of a chargeback: what is charged.'),
    rate_card: text('Of a what-if: the rate card, where it was asked for.'),
    version: { type: 'integer', description: 'Of a what-if: the version of the rate card.' },
    route: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Of a what-if: the other models, where they were asked for.',
    },
    cached: text('Of a what-if: the part of the input that is read from a cache, where it was asked for.'),
    batched: text('Of a what-if: the part of requests that is batched, where it was asked for.'),
    data: { type: 'array', items: CELLS, description: 'The rows.' },
    total: { ...CELLS, type: ['object', 'null'], description: 'All rows together; `null` where they don’t add up.' },
    explanations: {
      type: 'array',
      items: { type: 'object', additionalProperties: true },
      description: 'Of `anomalies`: for each unit, the change in a sentence, and what contributed most.',
    },
    opening: text('Of a statement: the balance at the beginning.'),
    closing: text('Of a statement: the balance at the end.'),
    sums: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Of a statement: the sums by kind.',
    },
    grants: {
      type: 'array',
      items: { type: 'object', additionalProperties: true },
      description: 'Of a statement: the grants that have something left at the end, and when they expire.',
    },
  },
  required: ['report', 'time_zone', 'as_of', 'data', 'total'],
};
