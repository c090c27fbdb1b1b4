import { idPattern } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { accountPlanView, currentPlanView, nextPlanView } from './account-plan.view.ts';
import { PLAN_TERMS } from './plan.schema.ts';

const CURRENT = viewSchema<ReturnType<typeof currentPlanView>>('The plan that the account is on, in its version.', {
  id: id('plan', 'The plan’s id.'),
  name: text('Its name.'),
  version: { type: 'integer', minimum: 1, description: 'The version of the plan.' },
  since: instant('Since when the account is on the plan.'),
  ...PLAN_TERMS,
});

const NEXT = viewSchema<ReturnType<typeof nextPlanView>>('The change that is to come.', {
  plan: { type: ['string', 'null'], pattern: idPattern('plan'), description: 'The plan; `null`: none.' },
  name: orNull(text('Its name.')),
  version: { type: ['integer', 'null'], minimum: 1, description: 'The version of the plan.' },
  at: instant('When it takes place, by the account’s clock.'),
});

export const ACCOUNT_PLAN_SCHEMA = viewSchema<ReturnType<typeof accountPlanView>>('The plan of an account.', {
  account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
  plan: orNull(CURRENT),
  next: orNull(NEXT),
});
