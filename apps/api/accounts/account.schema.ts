import { ACCOUNT_STATUSES, OVERAGE_POLICIES } from '#ledger';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, instant, metadata, signedAmount, text, viewSchema } from '../openapi/view-schema.ts';
import { ACCOUNT_ID, UNIT } from '../validation/rules.ts';
import type { accountView, balanceView } from './account.view.ts';

export const ACCOUNT_ID_SCHEMA: JsonSchema = { type: 'string', pattern: ACCOUNT_ID.source };
export const UNIT_SCHEMA: JsonSchema = {
  type: 'string',
  pattern: UNIT.source,
  description: 'What the amounts are in.',
};

export const BALANCE_SCHEMA = viewSchema<ReturnType<typeof balanceView>>('What an account has, at an instant.', {
  unit: UNIT_SCHEMA,
  posted: signedAmount('Credits in effect, less debt.'),
  held: amount('What open authorizations have pinned.'),
  available: signedAmount('`posted` less `held`: what new requests may spend.'),
  debt: amount('Used beyond the credits and not repaid yet.'),
  as_of: instant('The instant that it tells of.'),
});

export const ACCOUNT_SCHEMA = viewSchema<ReturnType<typeof accountView>>('A customer’s account.', {
  id: { ...ACCOUNT_ID_SCHEMA, description: 'Its id, your own.' },
  unit: UNIT_SCHEMA,
  name: { type: ['string', 'null'], description: 'A name for people.' },
  status: choice(ACCOUNT_STATUSES, 'A suspended account declines every new authorization; commits still land.'),
  overdraft_limit: amount('How far below zero it may go.'),
  overage: choice(OVERAGE_POLICIES, 'What happens to a commit of more than is held and available.'),
  time_zone: text('Kept for you; nothing depends on it yet.'),
  metadata: metadata(),
  created_at: instant('When it was opened.'),
  balance: { $ref: '#/components/schemas/Balance' },
});
