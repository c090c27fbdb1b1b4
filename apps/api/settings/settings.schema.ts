import { SPLIT_METHODS, type ChargebackSplit } from '#ledger-store';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, text, viewSchema } from '../openapi/view-schema.ts';
import type { settingsView } from './settings.view.ts';

type SplitView = Record<keyof ChargebackSplit, unknown>;

export const SETTINGS_SCHEMA = viewSchema<ReturnType<typeof settingsView>>('What holds for a whole environment.', {
  time_zone: text('The environment’s own time zone. Accounts have theirs: UTC unless it is set.'),
  currency: text('The ISO 4217 code of your currency.'),
  price_per_credit: orNull(amount('What a credit costs, in your currency.')),
  cost_card: orNull(
    id('rateCard', 'The rate card that says what vendors charge you, before the prices that they publish.'),
  ),
  economize_from: {
    type: 'integer',
    description: 'The percentage of the credits or of a limit from which the standing of an account is `economize`.',
  },
  model_hint: orNull(text('What clients are told to use then, such as a smaller model.')),
  reported_tags: {
    type: 'array',
    items: text('The name of a tag.'),
    description: 'The tags by which usage is added up.',
  },
  breakage_method: choice(
    ['on_expiry', 'proportional'],
    'When money is earned of credits that will never be used: when they expire, or in proportion to what is used.',
  ),
  breakage_rates: {
    type: 'object',
    additionalProperties: amount('A part of 1.'),
    description:
      'The part of credits that is expected never to be used, by the month in which they take effect, or `default`.',
  },
  chargeback_splits: {
    type: 'array',
    description: 'How usage may be charged to cost centres.',
    items: viewSchema<SplitView>('How usage is charged to cost centres.', {
      name: text('By which the report is asked for it.'),
      by: text('What a cost centre is: a value of a tag, or all accounts with one value in their metadata.'),
      shared: {
        type: 'array',
        items: text('A value.'),
        description: 'The values whose usage all cost centres bear together.',
      },
      method: choice(SPLIT_METHODS, 'How they bear it.'),
      percents: {
        type: 'object',
        additionalProperties: amount('A percentage.'),
        description: 'Of `fixed`: the percentage of each cost centre.',
      },
      markup: amount('The part that is added to what cost centres are charged.'),
    }),
  },
});
