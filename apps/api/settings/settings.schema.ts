import { orNull } from '../openapi/field-schema.ts';
import { amount, id, text, viewSchema } from '../openapi/view-schema.ts';
import type { settingsView } from './settings.view.ts';

export const SETTINGS_SCHEMA = viewSchema<ReturnType<typeof settingsView>>('What holds for a whole environment.', {
  time_zone: text('The environment’s own time zone. Accounts have theirs: UTC unless it is set.'),
  currency: text('The ISO 4217 code of your currency.'),
  price_per_credit: orNull(amount('What a credit costs, in your currency.')),
  cost_card: orNull(
    id('rateCard', 'The rate card that says what vendors charge you, before the prices that they publish.'),
  ),
  economize_from: {
    type: 'integer',
    description: 'The percentage of the credits or of a limit from which the standing of an account is `economize`.',
  },
  model_hint: orNull(text('What clients are told to use then, such as a smaller model.')),
});
