import { TRANSFER_KINDS } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { transferView } from './transfer.view.ts';

export const TRANSFER_SCHEMA = viewSchema<ReturnType<typeof transferView>>(
  'One immutable movement of credits, from one ledger account to another.',
  {
    id: id('transfer', 'Its id.'),
    transaction_id: id('transaction', 'Transfers that belong together share it.'),
    kind: choice(TRANSFER_KINDS, 'What it books.'),
    debit_account: text('The ledger account that is debited, like `funding:paid` or `grant:grant_…`.'),
    credit_account: text('The ledger account that is credited, like `usage` or `debt:acme`.'),
    amount: amount('How much; always more than zero.'),
    grant: orNull(id('grant', 'The grant that it belongs to.')),
    authorization: orNull(id('authorization', 'The authorization that it belongs to.')),
    corrects: orNull(id('transaction', 'Of a refund: the transaction whose usage it gives back.')),
    reason: { type: ['string', 'null'], description: 'Of a refund: the reason given.' },
    created_at: instant('When it took effect; for an expiry the instant it was due, not when it was booked.'),
  },
);
