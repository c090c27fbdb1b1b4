import type { ForecastJson } from '#reports';
import { ACCOUNT_ID_SCHEMA, UNIT_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, count, id, instant, signedAmount, text, viewSchema } from '../openapi/view-schema.ts';

export const FORECAST_SCHEMA = viewSchema<ForecastJson>('What an account’s credits come to.', {
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
  unit: UNIT_SCHEMA,
  time_zone: text('The time zone whose days are counted: the account’s.'),
  as_of: instant('The account’s time when it was made.'),
  until: instant('How far it looks: the end of the 90th day, today included.'),
  status: choice(
    ['runs_out', 'lasts', 'not_enough_usage'],
    'Whether the credits run out by then. `not_enough_usage`: fewer than 3 of the last 28 days used anything, so nothing is said.',
  ),
  balance: signedAmount('The credits in effect, minus debt.'),
  runs_out_at: orNull(instant('From when on something can’t be paid for; `null`: not by then.')),
  runs_out_on: orNull({ type: 'string', format: 'date', description: 'The day of that, in the account’s time zone.' }),
  range: orNull(
    viewSchema<NonNullable<ForecastJson['range']>>(
      'Between which times they run out in 8 of 10 cases; `null` where past forecasts say that this can’t be said.',
      {
        earliest: orNull(instant('The earlier time; `null`: not by then.')),
        latest: orNull(instant('The later time; `null`: not by then.')),
      },
    ),
  ),
  calibration: orNull(
    viewSchema<NonNullable<ForecastJson['calibration']>>('How forecasts of the past would have done.', {
      calibrated: { type: 'boolean', description: 'Whether ranges would have held often enough to be shown.' },
      forecasts: count('The days of the last 12 weeks for which it was tried.'),
      held: count('How many of their ranges held what was used.'),
      held_percent: orNull(text('The same in percent, a decimal; `null` if none was tried.')),
      days_ahead: count('How many days each of them looked ahead.'),
    }),
  ),
  usual_daily_usage: amount('The credits that a usual day uses, on the average of a week.'),
  active_days: count('The number of the last 28 days that used anything.'),
  unused_total: amount('The credits that will expire unused.'),
  unused: {
    type: 'array',
    description: 'The same by grant, in the order in which they expire.',
    items: viewSchema<ForecastJson['unused'][number]>('A grant that isn’t used up.', {
      grant: orNull(id('grant', 'The grant; `null`: one that a recurring grant is still to bring.')),
      expires_at: instant('When it expires.'),
      amount: amount('What will be left of it.'),
    }),
  },
});
