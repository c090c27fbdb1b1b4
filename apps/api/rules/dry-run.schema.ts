import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, count, instant, text, viewSchema } from '../openapi/view-schema.ts';
import type { caughtView, dryRunView } from './dry-run.view.ts';
import { RULE_NAMES } from './rules.view.ts';

export const DRY_RUN_SCHEMA = viewSchema<ReturnType<typeof dryRunView>>('What rules would have caught.', {
  requests: count('The number of requests that were replayed.'),
  declined: count('How many of them would have been declined.'),
  saved: amount('What these were charged, less refunds.'),
  first_at: orNull(instant('The first of them.')),
  caught: {
    type: 'array',
    description: 'By account, rule and value; the hundred that would have saved the most.',
    items: viewSchema<ReturnType<typeof caughtView>>('What a rule would have declined.', {
      account: { ...ACCOUNT_ID_SCHEMA, description: 'The account.' },
      rule: choice(RULE_NAMES, 'The rule.'),
      tag: orNull(text('The tag of the rule.')),
      value: orNull(text('The value of the tag.')),
      declined: count('How many requests.'),
      saved: amount('What they were charged, less refunds.'),
      first_at: instant('The first of them.'),
    }),
  },
  until: instant('Until when requests were replayed.'),
  truncated: { type: 'boolean', description: 'Whether there were more requests than are replayed at once.' },
});
