import { GRANT_CATEGORIES, GRANT_STATUSES } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, instant, metadata, viewSchema } from '../openapi/view-schema.ts';
import type { grantView } from './grant.view.ts';

export const GRANT_SCHEMA = viewSchema<ReturnType<typeof grantView>>('Credits given to an account.', {
  id: id('grant', 'Its id.'),
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account that has it.' },
  amount: amount('What was given.'),
  remaining: amount('Neither spent, expired nor voided.'),
  held: amount('The part of `remaining` that open authorizations have pinned.'),
  category: choice(GRANT_CATEGORIES, 'Where the credits come from: money, a gift, a plan’s allowance.'),
  priority: { type: 'integer', minimum: 0, maximum: 255, description: 'Lower is spent first.' },
  scope: {
    type: ['object', 'null'],
    description: 'What it may pay for; `null`: anything.',
    properties: {
      events: { type: 'array', items: { type: 'string' }, description: 'Only for these events.' },
      models: { type: 'array', items: { type: 'string' }, description: 'Only for these models.' },
      tags: {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'Only for requests with all of these tags.',
      },
    },
  },
  cost_basis: orNull(amount('Money paid per credit, kept for your accounting.')),
  status: choice(GRANT_STATUSES, 'What it is now.'),
  effective_at: instant('From when on it counts.'),
  expires_at: orNull(instant('From when on it doesn’t any more; `null`: never.')),
  voided_at: orNull(instant('When it was voided.')),
  created_at: instant('When it was given.'),
  metadata: metadata(),
});
