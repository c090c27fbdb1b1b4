import { TRANSFER_KINDS } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { choice, id, instant, signedAmount, text, viewSchema } from '../openapi/view-schema.ts';
import type { MovementView } from './movement.view.ts';

export const MOVEMENT_SCHEMA = viewSchema<MovementView>(
  'A movement of an account’s credits, with what it was for and the balance after it.',
  {
    id: id('transfer', 'The id of its transfer.'),
    transaction_id: id('transaction', 'Movements that belong together share this id.'),
    time: instant('When it took effect.'),
    kind: choice(TRANSFER_KINDS, 'What it is.'),
    why: text('Why credits have moved, in words.'),
    event: {
      type: ['string', 'null'],
      description: 'What happened; several, if several usages were committed at once.',
    },
    model: { type: ['string', 'null'], description: 'The model that was used; several, like `event`.' },
    quantities: {
      type: 'object',
      description:
        'What was used, like `input_tokens`, as it was stated. It stands with the first movement of a transaction, so that sums are right.',
      additionalProperties: { type: 'string' },
    },
    credits: signedAmount(
      'What it added to the account’s credits or took from them. Credits of a grant that takes effect later count, though they aren’t in the balance yet.',
    ),
    balance_after: signedAmount(
      'What was posted right after it: credits of the grants that were in effect, less debt.',
    ),
    grant: orNull(id('grant', 'The grant that it belongs to.')),
    authorization: orNull(id('authorization', 'The authorization that it belongs to.')),
    corrects: orNull(id('transaction', 'For a refund: the transaction that it gives back.')),
    reason: { type: ['string', 'null'], description: 'The reason that you gave.' },
  },
);
