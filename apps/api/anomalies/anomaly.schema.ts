import { ANOMALY_STATES } from '#reports';
import { ACCOUNT_ID_SCHEMA, UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import {
  amount,
  choice,
  id,
  instant,
  signedAmount,
  text,
  viewSchema,
  type FieldSchemas,
} from '../openapi/view-schema.ts';
import type { anomalyView, explainedAnomalyView } from './anomaly.view.ts';

type View = ReturnType<typeof anomalyView>;
type Explanation = ReturnType<typeof explainedAnomalyView>['explanation'];

const ANOMALY: FieldSchemas<View> = {
  id: id('anomaly', 'The anomaly’s id.'),
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
  unit: UNIT_SCHEMA,
  model: orNull(text('The model whose usage it is; `null`: all usage together.')),
  state: choice(ANOMALY_STATES, 'What somebody made of it.'),
  started_at: instant('The start of its first hour.'),
  last_hour: instant('The start of its last hour so far.'),
  ended_at: orNull(instant('The end of its last hour, once a day was quiet since; `null`: it goes on.')),
  peak: viewSchema<View['peak']>('The hour that used most.', {
    start: instant('Its start.'),
    end: instant('Its end, exclusive.'),
    used: amount('The credits that it used.'),
    usual: amount('The median of the hours that it is compared with.'),
    threshold: amount('How much would have been nothing unusual.'),
  }),
};

export const ANOMALY_SCHEMA = viewSchema<View>('An episode of hours that used more than is usual.', ANOMALY);

const PARTS = {
  credits_before: signedAmount('The credits used in the earlier range, less refunds.'),
  credits_after: signedAmount('The credits used in the later range, less refunds.'),
  change: signedAmount('`credits_after` − `credits_before`: the sum of the next four, to the last digit.'),
  volume: signedAmount('By more or fewer requests of all models together, had they been split as before.'),
  size: signedAmount('By requests that use more or less, at the prices of before.'),
  price: signedAmount('By prices.'),
  mix: signedAmount('By another split of requests among models.'),
} as const;

function range(description: string) {
  return viewSchema<Explanation['before']>(description, {
    from: instant('Its start.'),
    to: instant('Its end, exclusive.'),
  });
}

const CHANGE_SCHEMA = viewSchema<Explanation>('Why one range of time used more or less than another.', {
  before: range('The earlier range.'),
  after: range('The later range.'),
  sentence: text('The same in words, made of these numbers.'),
  ...PARTS,
  models: {
    type: 'array',
    description: 'Each model, the one that changed most first.',
    items: viewSchema<Explanation['models'][number]>('A model.', {
      model: text('Its name; `(none)`: none was named.'),
      ...PARTS,
    }),
  },
  contributors: {
    type: 'array',
    description: 'By each dimension, what has most to do with it.',
    items: viewSchema<Explanation['contributors'][number]>('A dimension.', {
      dimension: text('`model`, `event`, `provider`, `key`, or a tag, like `tag.team`.'),
      values: {
        type: 'array',
        description: 'The five values that changed most, and `(other)`: they add up to the change.',
        items: viewSchema<Explanation['contributors'][number]['values'][number]>('A value.', {
          value: text('The value; `(none)`: none was named; `(other)`: all others.'),
          credits_before: PARTS.credits_before,
          credits_after: PARTS.credits_after,
          change: signedAmount('The difference.'),
        }),
      },
    }),
  },
});

export const EXPLAINED_ANOMALY_SCHEMA = viewSchema<ReturnType<typeof explainedAnomalyView>>(
  'An anomaly, and what it is made of.',
  { ...ANOMALY, explanation: CHANGE_SCHEMA },
);
