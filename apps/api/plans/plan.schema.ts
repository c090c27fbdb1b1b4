import { INTERVALS } from '#calendar';
import {
  BUDGET_MODES,
  GRANT_CATEGORIES,
  LIMIT_PERIODS,
  type PlanBudgetJson,
  type PlanGrantJson,
  type PlanRolloverJson,
  type PlanTermsJson,
} from '#ledger';
import { ALERT_RULES_LISTS } from '../alerts/alerts.schema.ts';
import { BUDGET_SCOPE_SCHEMA } from '../budgets/budget.schema.ts';
import { GRANT_SCOPE_SCHEMA } from '../grants/grant.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { planView } from './plan.view.ts';

export const ROLLOVER = viewSchema<PlanRolloverJson>(
  'What is left at the end of a period rolls over into the next one.',
  {
    max: orNull(amount('The most credits that may have rolled over at once; `null`: no bound.')),
    percent: orNull(amount('The percentage of what is left that rolls over; `null`: all of it.')),
    periods: { type: ['integer', 'null'], minimum: 1, description: 'For how many periods; `null`: no bound.' },
  },
);

export const EXPIRES: JsonSchema = {
  anyOf: [{ enum: ['end_of_period', 'never'] }, { type: 'integer', minimum: 1 }],
  description: 'When the credits of a period expire: `end_of_period`, `never`, or after so many seconds.',
};

const GRANT = viewSchema<PlanGrantJson>('An allowance.', {
  name: text('Its name among the account’s recurring grants.'),
  amount: amount('The credits of each period.'),
  interval: choice(INTERVALS, 'What a period is made of.'),
  every: { type: 'integer', minimum: 1, description: 'How many of them make a period.' },
  anchor: orNull(instant('An instant at which a period begins; `null`: when the account comes to the plan.')),
  time_zone: orNull(text('The time zone by whose calendar periods begin; `null`: the account’s.')),
  category: choice(GRANT_CATEGORIES, 'Where the credits come from.'),
  priority: { type: 'integer', minimum: 0, maximum: 255, description: 'Grants with a lower priority are spent first.' },
  expires: EXPIRES,
  rollover: orNull(ROLLOVER),
  scope: GRANT_SCOPE_SCHEMA,
  price: orNull(amount('Money paid for a period.')),
  currency: orNull(text('The ISO 4217 code of the price’s currency.')),
  prorate_first: {
    type: 'boolean',
    description: 'Whether a first period that is shorter than the others brings as much less.',
  },
});

const BUDGET = viewSchema<PlanBudgetJson>('A budget.', {
  name: text('Its name among the account’s budgets.'),
  amount: amount('The most that may be spent and held in a period.'),
  expected: orNull(amount('What thresholds are percentages of; `null`: the amount.')),
  period: choice(LIMIT_PERIODS, 'How long a period is; `total`: all of time.'),
  time_zone: orNull(text('The time zone by whose calendar periods begin; `null`: the account’s.')),
  mode: choice(BUDGET_MODES, 'Whether it declines requests, or only sends events.'),
  scope: BUDGET_SCOPE_SCHEMA,
  per: orNull(text('The name each value of which has the whole amount for itself.')),
  thresholds: { type: 'array', items: { type: 'integer' }, description: 'The percentages at which an event is sent.' },
});

const ALERTS: JsonSchema = {
  type: ['object', 'null'],
  description: 'When alerts are sent; a list that is `null` is the environment’s. `null`: the account keeps its own.',
  properties: { percent: orNull(ALERT_RULES_LISTS.percent), remaining: orNull(ALERT_RULES_LISTS.remaining) },
  required: ['percent', 'remaining'],
};

/** What a plan brings. */
export const PLAN_TERMS: FieldSchemas<PlanTermsJson> = {
  recurring_grants: { type: 'array', items: GRANT, description: 'The allowances.' },
  budgets: { type: 'array', items: BUDGET, description: 'The budgets that an account has.' },
  rate_card: orNull(id('rateCard', 'The rate card that prices the usage; `null`: the account keeps its own.')),
  overdraft_limit: orNull(amount('How far below zero the account may go; `null`: the account keeps its own limit.')),
  alerts: ALERTS,
};

export const PLAN_SCHEMA = viewSchema<ReturnType<typeof planView>>('What an account gets by one call.', {
  id: id('plan', 'The plan’s id.'),
  name: text('A name for people.'),
  version: { type: 'integer', minimum: 1, description: 'How often it was changed, counted from 1.' },
  ...PLAN_TERMS,
  created_at: instant('When the plan was created.'),
  updated_at: instant('When it was changed last.'),
});
