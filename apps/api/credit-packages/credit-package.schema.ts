import { orNull } from '../openapi/field-schema.ts';
import { amount, id, instant, text, viewSchema } from '../openapi/view-schema.ts';
import { EXPIRES_AFTER_SCHEMA, NEVER } from '../validation/expires-after.ts';
import type { creditPackageView } from './credit-package.view.ts';

export const CREDIT_PACKAGE_SCHEMA = viewSchema<ReturnType<typeof creditPackageView>>('Credits for sale.', {
  id: id('creditPackage', 'The package’s id.'),
  name: text('A name for people.'),
  credits: amount('How many credits are sold.'),
  bonus_credits: amount('How many credits come with them for the same price.'),
  price: amount('What the package costs: money.'),
  currency: text('The ISO 4217 code of the price’s currency.'),
  expires_after: {
    ...EXPIRES_AFTER_SCHEMA,
    description: `When the credits expire: so many seconds after the payment, or \`${NEVER}\`.`,
  },
  priority: { type: 'integer', minimum: 0, maximum: 255, description: 'The priority of the grants.' },
  archived_at: orNull(instant('Since when it is sold no longer; `null`: it is sold.')),
  created_at: instant('When the package was created.'),
});
