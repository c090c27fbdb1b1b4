import type { LedgerEvents, News } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, count, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { EventDescription } from './event-description.ts';

type NewsEvents = Pick<LedgerEvents, News['type']>;

/** What was found by who looks at what accounts use. */
export const NEWS_EVENTS: { readonly [T in keyof NewsEvents]: EventDescription<NewsEvents[T]> } = {
  'anomaly.opened': {
    sentWhen: 'An hour has used more than is usual, of everything or of one model: once per episode.',
    fields: {
      anomaly: id('anomaly', 'The anomaly.'),
      model: orNull(text('The model whose usage it is; `null`: all usage together.')),
      window: viewSchema<NewsEvents['anomaly.opened']['window']>('The hour.', {
        start: instant('Its start.'),
        end: instant('Its end, exclusive.'),
      }),
      used: amount('The credits that the hour had used when it was found.'),
      usual: amount('The median of the hours that it is compared with.'),
      threshold: amount('How much would have been nothing unusual.'),
    },
  },
  'forecast.runs_out': {
    sentWhen:
      'The credits are forecast to run out within as many days as the account’s alerts say: once, until they last longer again.',
    fields: {
      runs_out_at: instant('When the credits run out, if usage goes on as it did.'),
      days_ahead: count('The number of days that the account’s alerts look ahead.'),
      range: orNull(
        viewSchema<NonNullable<NewsEvents['forecast.runs_out']['range']>>(
          'Between which times they run out in 8 of 10 cases; `null` where past forecasts say that this can’t be said.',
          {
            earliest: orNull(instant('The earlier time; `null`: not within 90 days.')),
            latest: orNull(instant('The later time; `null`: not within 90 days.')),
          },
        ),
      ),
      usual_daily_usage: amount('The credits that a usual day uses.'),
    },
  },
};
