import { INTERVALS } from '#calendar';
import { GRANT_CATEGORIES } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { GRANT_SCOPE_SCHEMA } from '../grants/grant.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { EXPIRES, ROLLOVER } from '../plans/plan.schema.ts';
import { RECURRING_STATUSES, type recurringGrantView } from './recurring-grant.view.ts';

type View = ReturnType<typeof recurringGrantView>;

const CURRENT_PERIOD = viewSchema<NonNullable<View['current_period']>>('The running period.', {
  start: instant('When it began.'),
  end: instant('When it ends; that instant belongs to the next one.'),
  amount: amount('What it brought.'),
  grant: orNull(id('grant', 'The grant of the period; `null`: its part of the amount came to nothing.')),
});

export const RECURRING_GRANT_SCHEMA = viewSchema<View>(
  'Credits that an account is granted in every period. Terms count from the next period on.',
  {
    name: text('Its name, unique within the account.'),
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account that it belongs to.' },
    status: choice(RECURRING_STATUSES, 'The current status.'),
    amount: amount('The credits of each period.'),
    interval: choice(INTERVALS, 'What a period is made of.'),
    every: { type: 'integer', minimum: 1, description: 'How many of them make a period.' },
    anchor: instant('The instant that periods are counted from.'),
    time_zone: text('The time zone by whose calendar periods begin.'),
    category: choice(GRANT_CATEGORIES, 'Where the credits come from.'),
    priority: {
      type: 'integer',
      minimum: 0,
      maximum: 255,
      description: 'Grants with a lower priority are spent first.',
    },
    expires: EXPIRES,
    rollover: orNull(ROLLOVER),
    scope: GRANT_SCOPE_SCHEMA,
    starts_at: instant('When it starts.'),
    ends_at: orNull(instant('No period begins then or later; `null`: it has no end.')),
    prorate_first: { type: 'boolean', description: 'Whether a shorter first period brings as much less.' },
    price: orNull(amount('Money paid for a period.')),
    currency: orNull(text('The ISO 4217 code of the price’s currency.')),
    current_period: orNull(CURRENT_PERIOD),
    next_at: orNull(instant('When the next period begins; `null` while it is paused, and when it has ended.')),
    paused_at: orNull(instant('Since when it is paused; `null`: it isn’t.')),
    created_at: instant('When it was created.'),
  },
);
