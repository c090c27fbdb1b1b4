import { ALERT_PERCENT_MAX, RUN_OUT_DAYS_MAX } from '#ledger';
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

const RUN_OUT_DAYS = {
  type: 'integer',
  minimum: 0,
  maximum: RUN_OUT_DAYS_MAX,
  description:
    'Purser sends `forecast.runs_out` when the credits are forecast to run out within so many days; 0: never.',
} satisfies JsonSchema;

export const ALERT_RULES_SCHEMA = viewSchema<ReturnType<typeof alertRulesView>>('When Purser sends an alert.', {
  ...ALERT_RULES_LISTS,
  run_out_days: RUN_OUT_DAYS,
});

export const ACCOUNT_ALERTS_SCHEMA = viewSchema<ReturnType<typeof accountAlertsView>>(
  'The alert rules that apply to an account, and its current state.',
  {
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account’s id.' },
    ...ALERT_RULES_LISTS,
    run_out_days: RUN_OUT_DAYS,
    inherited: {
      type: 'array',
      items: choice(['percent', 'remaining', 'run_out_days'], 'A rule.'),
      description: 'The rules that come from the environment.',
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
