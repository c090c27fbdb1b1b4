import { GRANT_CATEGORIES, GRANT_STATUSES } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, metadata, text, viewSchema } from '../openapi/view-schema.ts';
import type { grantView } from './grant.view.ts';

type OfRecurringGrant = NonNullable<ReturnType<typeof grantView>['recurring_grant']>;

const OF_RECURRING_GRANT = viewSchema<OfRecurringGrant>('The recurring grant that made it.', {
  name: text('The recurring grant’s name.'),
  period_start: instant('When the period began.'),
  period_end: instant('When it ended or ends.'),
  periods: {
    type: 'integer',
    minimum: 0,
    description:
      'How many periods it stands for: more than one only where they were over long before they were booked; 0 where a change of plans has granted a part of a period that was granted before.',
  },
  rolled_over_from: orNull(id('grant', 'The grant whose rest it is; `null`: it is the period’s own.')),
});

export const GRANT_SCOPE_SCHEMA: JsonSchema = {
  type: ['object', 'null'],
  description: 'What the grant may pay for; `null`: anything.',
  properties: {
    events: { type: 'array', items: { type: 'string' }, description: 'Only for these events.' },
    models: { type: 'array', items: { type: 'string' }, description: 'Only for these models.' },
    tags: {
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'Only for requests with all of these tags.',
    },
  },
};

export const GRANT_SCHEMA = viewSchema<ReturnType<typeof grantView>>('Credits granted to an account.', {
  id: id('grant', 'The grant’s id.'),
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account that the grant belongs to.' },
  amount: amount('The granted amount.'),
  remaining: amount('The part that is neither spent, expired nor voided.'),
  held: amount('The part of `remaining` that open authorizations have reserved, or a dispute has frozen.'),
  frozen: amount('The part of `held` that a dispute about its payment has frozen.'),
  category: choice(GRANT_CATEGORIES, 'The source of the credits: money, a promotion, a plan’s allowance.'),
  priority: { type: 'integer', minimum: 0, maximum: 255, description: 'Grants with a lower priority are spent first.' },
  scope: GRANT_SCOPE_SCHEMA,
  cost_basis: orNull(amount('Money paid per credit.')),
  amount_paid: orNull(amount('The money that was paid for the grant, in `currency`.')),
  currency: orNull(text('The ISO 4217 code of that currency.')),
  purchase: orNull(
    text(
      'The purchase that it belongs to: `purchase_…` of the one that brought it, or the text that it was created with.',
    ),
  ),
  returned: orNull(amount('The money that was paid back when it was voided.')),
  status: choice(GRANT_STATUSES, 'The current status.'),
  effective_at: instant('The time from which the credits count.'),
  expires_at: orNull(instant('The time from which they no longer count; `null`: never.')),
  voided_at: orNull(instant('When the grant was voided.')),
  created_at: instant('When the grant was created.'),
  recurring_grant: orNull(OF_RECURRING_GRANT),
  metadata: metadata(),
});
