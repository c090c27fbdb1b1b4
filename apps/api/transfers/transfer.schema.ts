import { TRANSFER_KINDS } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { transferView } from './transfer.view.ts';

export const TRANSFER_SCHEMA = viewSchema<ReturnType<typeof transferView>>(
  'One immutable movement of credits, from one ledger account to another.',
  {
    id: id('transfer', 'The transfer’s id.'),
    transaction_id: id('transaction', 'Transfers that belong together share this id.'),
    kind: choice(TRANSFER_KINDS, 'What the transfer books.'),
    debit_account: text('The ledger account that is debited, like `funding:paid` or `grant:grant_…`.'),
    credit_account: text('The ledger account that is credited, like `usage` or `debt:acme`.'),
    amount: amount('The amount, always more than zero.'),
    grant: orNull(id('grant', 'The grant that the transfer belongs to; of a rollover, the one that it leaves.')),
    authorization: orNull(id('authorization', 'The authorization that the transfer belongs to.')),
    corrects: orNull(
      id(
        'transaction',
        'For a refund: the transaction whose usage, or whose shortfall of a commitment, it gives back.',
      ),
    ),
    reason: { type: ['string', 'null'], description: 'For a refund: the reason you gave.' },
    created_at: instant(
      'When the transfer took effect: for an expiry, the instant of the expiry, for a commitment, the last instant of its month; not when Purser booked it.',
    ),
  },
);
