import { STANDINGS } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, instant, signedAmount, text, viewSchema } from '../openapi/view-schema.ts';
import type { limitView, standingView } from './standing.view.ts';

type View = ReturnType<typeof standingView>;

const NEAREST_LIMIT = viewSchema<ReturnType<typeof limitView>>(
  'Of the limits that these requests fall under, the one that is used up the furthest.',
  {
    kind: choice(['budget', 'key', 'environment'], 'A budget, or the limit of the API key or of the environment.'),
    name: orNull(text('The budget’s name.')),
    value: orNull(text('The value whose window it is, of a budget with `per`.')),
    limit: amount('Its amount.'),
    remaining: amount('What is neither spent nor held.'),
    used_percent: text('What is spent or held, in percent.'),
    resets_at: orNull(instant('When its window ends; `null`: never.')),
  },
);

const FORECAST = viewSchema<NonNullable<View['forecast']>>('How long the credits last, at the rate of the last hour.', {
  hours_left: text('The hours until the balance is used up, a decimal.'),
  used_last_hour: amount('The amount used in the last hour.'),
});

export const STANDING_SCHEMA = viewSchema<View>('How an account stands, and what a client had better do.', {
  standing: choice(
    STANDINGS,
    '`stop`: the next request would be declined. `economize`: as much of the credits or of a limit is used or held as the setting `economize_from` says. `ok`: neither.',
  ),
  available: signedAmount('What is available to these requests.'),
  used_percent: text('What of the last fill is used or held, in percent.'),
  nearest_limit: orNull(NEAREST_LIMIT),
  forecast: orNull(FORECAST),
  model_hint: orNull(text('The setting `model_hint`: what to use when you economize.')),
});
