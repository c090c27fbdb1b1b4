import { marginColumns, type Column } from '#reports';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { instant, text } from '../openapi/view-schema.ts';

const COLUMN = 'model';
/** `count`, `credits` and so on, each with nothing where it can't be told. */
const FIGURES = Object.fromEntries(
  marginColumns({ column: COLUMN, hasDays: false })
    .filter(({ kind }) => kind !== 'text')
    .map((column) => [column.name, cellSchema(column)]),
);

function cellSchema({ kind, description }: Column): JsonSchema {
  if (kind === 'count') return { type: ['integer', 'null'], description };
  return { type: ['string', 'null'], pattern: '^-?\\d+(?:\\.\\d{1,12})?$', description };
}

const ROW: JsonSchema = {
  type: 'object',
  description: 'What one model, provider, event, account, key, token type or value of a tag used, earned and cost.',
  properties: {
    day: text('The day, if days are told apart.'),
    unit: text('The unit of the credits.'),
    ...FIGURES,
  },
  required: ['unit', ...Object.keys(FIGURES)],
  additionalProperties: {
    type: 'string',
    description:
      'What the row is for, in a field that is named like `group_by`: `model`, or `tag.team`. `(none)`: nothing was named.',
  },
};

export const USAGE_MARGIN_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'What usage earned and what it cost.',
  properties: {
    report: text('`usage-margin`.'),
    period: text('The month, where it was asked for by its month.'),
    from: instant('The beginning of the range, where it was asked for by its ends.'),
    to: instant('The end of the range, which isn’t in it.'),
    time_zone: text('By whose calendar days begin.'),
    as_of: instant('Everything up to then is in it. What takes effect in the range later isn’t in it yet.'),
    group_by: text('What each row is for.'),
    bucket: text('`day` where days are told apart.'),
    currency: text('The currency of all money.'),
    data: {
      type: 'array',
      items: ROW,
      description:
        'The rows, those with the most credits first: of at most 1 000 values, and `(other)`. Days come in their order.',
    },
    total: {
      type: 'object',
      description: 'All rows together. Credits of accounts with several units don’t add up, and are `null`.',
      properties: FIGURES,
      required: Object.keys(FIGURES),
    },
  },
  required: ['report', 'time_zone', 'as_of', 'group_by', 'currency', 'data', 'total'],
};
