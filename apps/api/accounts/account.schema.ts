import { ACCOUNT_STATUSES, AUTO_TOPUP_STATUSES, OVERAGE_POLICIES, REMAINDERS } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, id, instant, metadata, signedAmount, text, viewSchema } from '../openapi/view-schema.ts';
import { PRICES_SCHEMA } from '../validation/prices.ts';
import { ACCOUNT_ID, UNIT } from '../validation/rules.ts';
import { COMMITMENT_PERIOD } from './account.body.ts';
import type { accountView, balanceView, commitmentView } from './account.view.ts';

export const ACCOUNT_ID_SCHEMA: JsonSchema = { type: 'string', pattern: ACCOUNT_ID.source };
export const UNIT_SCHEMA: JsonSchema = {
  type: 'string',
  pattern: UNIT.source,
  description: 'The unit of the amounts.',
};

export const BALANCE_SCHEMA = viewSchema<ReturnType<typeof balanceView>>('The balance of an account at an instant.', {
  unit: UNIT_SCHEMA,
  posted: signedAmount('Credits in effect, minus debt.'),
  held: amount('The credits reserved by open authorizations.'),
  available: signedAmount('`posted` minus `held`: what new requests can spend.'),
  debt: amount('Usage beyond the credits that isn’t repaid yet.'),
  as_of: instant('The instant of the balance.'),
});

const ACCOUNT_FIELDS: Parameters<typeof viewSchema<ReturnType<typeof accountView>>>[1] = {
  id: { ...ACCOUNT_ID_SCHEMA, description: 'The account’s id, chosen by you.' },
  unit: UNIT_SCHEMA,
  name: { type: ['string', 'null'], description: 'A name for people.' },
  status: choice(
    ACCOUNT_STATUSES,
    'Purser declines every new authorization of a suspended account, but still accepts commits. A closed account takes nothing new, and is never opened again.',
  ),
  overdraft_limit: amount('How far below zero the account may go.'),
  overage: choice(OVERAGE_POLICIES, 'What happens to a commit of more than is held and available.'),
  time_zone: text('By its calendar, days and months begin for prices that count over a period, and for a commitment.'),
  commitment: orNull(
    viewSchema<NonNullable<ReturnType<typeof commitmentView>>>(
      'What it commits to spend in each month at least: what is missing at the end of a month is charged.',
      {
        amount: amount('The least that it spends in a period.'),
        period: choice([COMMITMENT_PERIOD], 'A month of the account’s calendar.'),
      },
    ),
  ),
  plan: orNull(id('plan', 'The plan that it is on.')),
  auto_topup: orNull(choice(AUTO_TOPUP_STATUSES, 'The status of its auto top-up; `null`: it has none.')),
  rate_card: orNull(id('rateCard', 'The rate card that prices its usage.')),
  discount: amount('The part that is taken off every price, from 0 to 1.'),
  overrides: {
    ...PRICES_SCHEMA,
    description: 'The account’s own prices: one that matches beats any price of the rate card.',
  },
  metadata: metadata(),
  created_at: instant('When the account was created.'),
  closed_at: instant('When the account was closed.'),
  remainder: choice(REMAINDERS, 'Where the credits that were left went, and where refunds go.'),
  erasing: { type: 'boolean', description: 'Whether its personal data is being erased.' },
  erased_at: orNull(instant('When the erasure of its personal data was completed.')),
  balance: { $ref: '#/components/schemas/Balance' },
};

export const ACCOUNT_SCHEMA = viewSchema<ReturnType<typeof accountView>>('A customer’s account.', ACCOUNT_FIELDS, [
  'closed_at',
  'remainder',
  'erasing',
  'erased_at',
]);
