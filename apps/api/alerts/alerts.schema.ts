import { ALERT_PERCENT_MAX } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, signedAmount, viewSchema } from '../openapi/view-schema.ts';
import type { accountAlertsView, alertRulesView } from './alerts.view.ts';

const RULES = {
  percent: {
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: ALERT_PERCENT_MAX },
    description: 'Thresholds: how much of the last fill is used, in percent.',
  },
  remaining: { type: 'array', items: amount('An amount.'), description: 'Levels: what is left.' },
} satisfies Record<string, JsonSchema>;

export const ALERT_RULES_SCHEMA = viewSchema<ReturnType<typeof alertRulesView>>('When somebody is to be told.', RULES);

export const ACCOUNT_ALERTS_SCHEMA = viewSchema<ReturnType<typeof accountAlertsView>>(
  'What holds for an account, and where it stands.',
  {
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account’s id.' },
    ...RULES,
    inherited: {
      type: 'array',
      items: choice(['percent', 'remaining'], 'A list.'),
      description: 'Which of the two are its environment’s.',
    },
    epoch: { type: 'integer', description: 'Counts fills; each threshold is told once in each.' },
    basis: signedAmount('What the last fill left it with: percentages are of this.'),
    used_percent: { type: 'string', description: 'How much of it is used, in percent.' },
    reached_percent: { type: ['integer', 'null'], description: 'The highest threshold that was reached.' },
  },
);
