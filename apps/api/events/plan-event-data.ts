import { idPattern, type LedgerEvents } from '#ledger';
import { orNull } from '../openapi/field-schema.ts';
import { amount, instant, text } from '../openapi/view-schema.ts';
import type { EventDescription } from './event-description.ts';

type PlanEvents = Pick<LedgerEvents, 'plan.changed'>;
const PLAN = { type: ['string', 'null'], pattern: idPattern('plan') } as const;

/** The events of accounts' plans. */
export const PLAN_EVENTS: { readonly [T in keyof PlanEvents]: EventDescription<PlanEvents[T]> } = {
  'plan.changed': {
    sentWhen: 'An account has come to a plan or to another version of its plan, or its plan has ended.',
    fields: {
      plan: { ...PLAN, description: 'The plan; `null`: the account is on none any more.' },
      name: orNull(text('Its name.')),
      version: { type: ['integer', 'null'], description: 'The version of the plan.' },
      previous: { ...PLAN, description: 'The plan that the account was on before; `null`: none.' },
      effective_at: instant('When it changed, by the account’s clock.'),
      taken_back: amount('What was taken back of the old allowances for the time left; 0 if it wasn’t prorated.'),
      granted: amount('What the new allowances have brought for the time left; 0 if it wasn’t prorated.'),
    },
  },
};
