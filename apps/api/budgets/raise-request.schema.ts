import { RAISE_REQUEST_STATUSES } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { raiseRequestView } from './raise-request.view.ts';

export const RAISE_REQUEST_SCHEMA = viewSchema<ReturnType<typeof raiseRequestView>>(
  'What somebody asks for who may not raise a budget.',
  {
    id: id('raiseRequest', 'The request’s id.'),
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
    budget: id('budget', 'The budget.'),
    name: text('The budget’s name.'),
    amount: amount('What the budget would allow for until then.'),
    until: instant('The time from which its own amount would hold again.'),
    reason: text('Why it is asked for.'),
    status: choice(
      RAISE_REQUEST_STATUSES,
      'The current status; `canceled`: nobody had decided when the budget was deleted or the account closed.',
    ),
    requested_by: orNull(id('key', 'The API key that asks.')),
    created_at: instant('When it was asked for.'),
    decided_by: orNull(id('key', 'The API key that decided.')),
    decided_at: orNull(instant('When it was decided.')),
    denial: orNull(text('Why it was denied.')),
  },
);
