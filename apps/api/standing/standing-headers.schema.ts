import { STANDINGS } from '#ledger';
import type { Header } from '../openapi/operation.ts';
import { choice, signedAmount, text } from '../openapi/view-schema.ts';

/** What the answer to a request for credits says of its account; a replay has none of them. */
export const STANDING_HEADERS: Readonly<Record<string, Header>> = {
  'Purser-Standing': {
    description: 'Whether to go on, to economize, or to stop, as the account stands after the decision.',
    schema: choice(STANDINGS, 'See `GET /v1/accounts/{id}/standing`.'),
  },
  'Purser-Available': {
    description: 'The account’s available balance; with a 402, what is available to this request.',
    schema: signedAmount('An amount.'),
  },
  'Purser-Used-Percent': {
    description: 'What of the last fill is used or held, in percent.',
    schema: text('A decimal.'),
  },
  'Purser-Nearest-Limit': {
    description: 'Of the limits that the request falls under, the one that is used up the furthest, if there is any.',
    schema: { type: 'string', examples: ['budget:user-day;used=83.33'] },
  },
};
