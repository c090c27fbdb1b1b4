import { BUCKETS } from '#calendar';
import { choice, count, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { DeclineRowView, DeclinesView } from './decline.view.ts';

const ROW = viewSchema<DeclineRowView>('How many requests were declined.', {
  bucket: instant('When the bucket begins.'),
  group: {
    type: 'object',
    description: 'What the row is about, by the names of `group_by`. `(none)`: the requests had no such tag.',
    additionalProperties: { type: 'string' },
  },
  requests: count('How many requests, or items of batches.'),
});

export const DECLINES_SCHEMA = viewSchema<DeclinesView>('Requests that were declined.', {
  from: instant('The beginning of the range.'),
  to: instant('The end of the range, which isn’t in it.'),
  time_zone: text('The time zone of the buckets.'),
  bucket: choice(BUCKETS, 'How long a bucket is.'),
  group_by: { type: 'array', items: { type: 'string' }, description: 'What the rows are grouped by.' },
  data: {
    type: 'array',
    items: ROW,
    description: 'The rows, by bucket, those with the most requests first. What was never declined has none.',
  },
  total: count('All requests of the rows.'),
});
