import { ALERT_PERCENT_MAX } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import type { JsonSchema } from '../openapi/json-schema.ts';
import { amount, choice, signedAmount, viewSchema } from '../openapi/view-schema.ts';
import type { accountAlertsView, alertRulesView } from './alerts.view.ts';

/** The lists of alert rules. */
export const ALERT_RULES_LISTS = {
  percent: {
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: ALERT_PERCENT_MAX },
    description: 'Thresholds: the used part of the last fill, in percent.',
  },
  remaining: { type: 'array', items: amount('An amount.'), description: 'Levels: the posted balance, as amounts.' },
} satisfies Record<string, JsonSchema>;

export const ALERT_RULES_SCHEMA = viewSchema<ReturnType<typeof alertRulesView>>(
  'When Purser sends an alert.',
  ALERT_RULES_LISTS,
);

export const ACCOUNT_ALERTS_SCHEMA = viewSchema<ReturnType<typeof accountAlertsView>>(
  'The alert rules that apply to an account, and its current state.',
  {
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account’s id.' },
    ...ALERT_RULES_LISTS,
    inherited: {
      type: 'array',
      items: choice(['percent', 'remaining'], 'A list.'),
      description: 'The lists that come from the environment.',
    },
    epoch: {
      type: 'integer',
      description: 'The number of the fill, counted from 1. Purser sends each threshold once per epoch.',
    },
    basis: signedAmount('The posted balance right after the last fill, which is 100 percent.'),
    used_percent: { type: 'string', description: 'The used part of the basis, in percent.' },
    reached_percent: { type: ['integer', 'null'], description: 'The highest threshold reached in this epoch.' },
  },
);
