import { BUDGET_MODES, BUDGET_OWNERS, LIMIT_PERIODS } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { budgetTermsView, budgetView, windowView } from './budget.view.ts';

export const BUDGET_SCOPE_SCHEMA: JsonSchema = {
  type: 'object',
  additionalProperties: { type: 'array', items: { type: 'string' } },
  description: 'What counts, by values of names; empty: everything.',
};

const TERMS: FieldSchemas<ReturnType<typeof budgetTermsView>> = {
  id: id('budget', 'The budget’s id.'),
  name: text('Its name.'),
  amount: amount('The most that may be spent and held in a period.'),
  expected: orNull(amount('What thresholds are percentages of; `null`: the amount.')),
  period: choice(LIMIT_PERIODS, 'How long a period is; `total`: all of time.'),
  anchor: orNull(instant('The time from which periods are counted; `null`: they are those of the calendar.')),
  time_zone: orNull(text('The time zone by whose calendar periods begin; `null`: the account’s.')),
  mode: choice(BUDGET_MODES, 'Whether it declines requests, or only sends events.'),
  scope: BUDGET_SCOPE_SCHEMA,
  per: orNull(text('The name each value of which has the whole amount for itself.')),
  thresholds: { type: 'array', items: { type: 'integer' }, description: 'The percentages at which an event is sent.' },
  until: orNull(instant('The time from which it counts no more.')),
  created_at: instant('When it was made.'),
};

const RAISE: JsonSchema = {
  type: ['object', 'null'],
  description: 'Another amount for a time; `null` if there is none now.',
  properties: {
    amount: amount('What the budget allows for until then.'),
    until: instant('The time from which its own amount holds again.'),
    reason: orNull(text('Why.')),
  },
  required: ['amount', 'until', 'reason'],
};

const WINDOW = viewSchema<ReturnType<typeof windowView>>('A current period of a budget.', {
  value: orNull(text('The value that has it for itself; `null` if all share it.')),
  start: instant('When it began.'),
  resets_at: orNull(instant('When it ends; `null`: never.')),
  spent: amount('What was spent in it, less refunds.'),
  held: amount('What open authorizations hold of it.'),
  remaining: amount('What is left of the limit in force; 0 if more is spent.'),
});

/** A budget that every account has. */
export const COMMON_BUDGET_SCHEMA = viewSchema<ReturnType<typeof budgetTermsView>>(
  'A budget that every account has.',
  TERMS,
);

export const BUDGET_SCHEMA = viewSchema<ReturnType<typeof budgetView>>('A budget of an account.', {
  ...TERMS,
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
  raise: RAISE,
  owner: choice(BUDGET_OWNERS, 'Who may change it: only you, or the customer too.'),
  inherited: { type: 'boolean', description: 'Whether every account has it, so that it isn’t changed here.' },
  windows: {
    type: 'array',
    items: WINDOW,
    description:
      'Its current period. With `per`: one for each of the 20 values with the most spent and held, the largest first; none in the answer to a change.',
  },
});
