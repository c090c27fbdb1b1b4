import type { BudgetWindowData, LedgerEvents, RaiseRequestData } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, count, id, instant, text, viewSchema, type FieldSchemas } from '../openapi/view-schema.ts';
import type { EventDescription } from './event-description.ts';

type BudgetEvents = Pick<LedgerEvents, Extract<keyof LedgerEvents, `budget.${string}`>>;

const BUDGET_WINDOW: FieldSchemas<BudgetWindowData> = {
  budget: id('budget', 'The budget.'),
  name: text('The budget’s name.'),
  value: orNull(text('The value whose budget it is, like a user; null if all share one.')),
  window: viewSchema<BudgetWindowData['window']>('The period.', {
    start: instant('Its start.'),
    end: orNull(instant('Its end, exclusive; null if it never ends.')),
  }),
  spent: amount('What was spent in the period, less refunds.'),
  limit: amount('The budget’s amount, or what it is raised to.'),
};

const RAISE_REQUEST: FieldSchemas<RaiseRequestData> = {
  raise_request: id('raiseRequest', 'The request.'),
  budget: id('budget', 'The budget.'),
  name: text('The budget’s name.'),
  amount: amount('What the budget would allow for until then.'),
  until: instant('The time from which its own amount would hold again.'),
  reason: text('Why it is asked for.'),
};

/** The events of budgets, and of requests to raise them. */
export const BUDGET_EVENTS: { readonly [T in keyof BudgetEvents]: EventDescription<BudgetEvents[T]> } = {
  'budget.threshold_reached': {
    sentWhen: 'A percentage of a budget is spent: once per period and threshold.',
    fields: {
      ...BUDGET_WINDOW,
      percent: count('The highest threshold reached.'),
      crossed: { type: 'array', items: { type: 'integer' }, description: 'All thresholds that were reached together.' },
      used_percent: text('How much of the budget’s amount, or of what is expected, is spent, in percent, a decimal.'),
    },
  },
  'budget.exceeded': {
    sentWhen:
      'More than a budget allows for was spent, by commits of more than was held, or under a soft budget: once per period.',
    fields: BUDGET_WINDOW,
  },
  'budget.raise_requested': {
    sentWhen: 'A raise of a budget is asked for. Approve or deny it.',
    fields: RAISE_REQUEST,
  },
  'budget.raise_approved': { sentWhen: 'A budget was raised as asked for.', fields: RAISE_REQUEST },
  'budget.raise_denied': {
    sentWhen: 'A raise of a budget was denied.',
    fields: { ...RAISE_REQUEST, denial: orNull(text('Why it was denied.')) },
  },
};
