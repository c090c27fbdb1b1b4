import { ACTIONS, RATE_PERIODS, RESTRAINING_RULES } from '#ledger';
import { ACCOUNT_ID_SCHEMA } from '../accounts/account.schema.ts';
import { orNull } from '../openapi/field-schema.ts';
import { amount, choice, count, instant, text, viewSchema } from '../openapi/view-schema.ts';
import {
  RULE_NAMES,
  type accountRulesView,
  type loopView,
  type napView,
  type rateRuleView,
  type restraintView,
  type rulesView,
  type spikeView,
} from './rules.view.ts';

const TAG = orNull(text('The tag of whose values each has one of its own; `null`: one for the account.'));
const FOR = orNull(count('For how many seconds; `null`: until somebody resumes.'));
const ACTION = choice(ACTIONS, 'What is done about it.');
const AMOUNT_PER = orNull(amount('The credits per period; `null` if requests are counted.'));
const REQUESTS_PER = orNull(count('The requests per period; `null` if credits are counted.'));

const RULES = {
  max_amount: orNull(amount('The most that one authorization may hold, or one charge may take.')),
  max_open_holds: orNull(count('The most authorizations that an account may have open.')),
  max_output_tokens: orNull(count('The most output tokens that a usage may state, or be held for.')),
  rate: {
    type: 'array',
    description: 'How much may be asked for in a period.',
    items: viewSchema<ReturnType<typeof rateRuleView>>('A rate.', {
      amount: AMOUNT_PER,
      requests: REQUESTS_PER,
      per: choice(RATE_PERIODS, 'The period.'),
      tag: TAG,
    }),
  },
  nap: {
    type: 'array',
    description: 'Pauses after long replies.',
    items: viewSchema<ReturnType<typeof napView>>('A nap.', {
      over_output_tokens: count('A reply of more output tokens than these begins it.'),
      seconds: count('How long it lasts.'),
      tag: TAG,
    }),
  },
  spike: {
    type: 'array',
    description: 'Hours that spend many times what is usual.',
    items: viewSchema<ReturnType<typeof spikeView>>('A spike.', {
      factor: amount('How many times the median of the same hours of the last 7 days.'),
      floor: amount('An hour in which less is spent is none.'),
      action: ACTION,
      for: FOR,
      tag: TAG,
    }),
  },
  loop: {
    type: 'array',
    description: 'Requests that repeat themselves.',
    items: viewSchema<ReturnType<typeof loopView>>('A loop.', {
      times: count('How many equal requests in a minute.'),
      per: { type: 'string', const: 'minute', description: 'The period.' },
      action: ACTION,
      for: FOR,
      tag: TAG,
    }),
  },
} as const;

export const RULES_SCHEMA = viewSchema<ReturnType<typeof rulesView>>('Rules against usage that runs away.', RULES);

export const ACCOUNT_RULES_SCHEMA = viewSchema<ReturnType<typeof accountRulesView>>(
  'The rules that apply to an account, and what they have led to.',
  {
    account: { ...ACCOUNT_ID_SCHEMA, description: 'The account’s id.' },
    ...RULES,
    exempt: { type: 'boolean', description: 'Whether no rule applies to it.' },
    inherited: {
      type: 'array',
      items: choice(RULE_NAMES, 'A rule.'),
      description: 'The rules that come from the environment.',
    },
    restraints: {
      type: 'array',
      description: 'What spikes and loops have led to, and is in force.',
      items: viewSchema<ReturnType<typeof restraintView>>('A throttle or a suspension.', {
        rule: choice(RESTRAINING_RULES, 'The rule.'),
        action: choice(['throttle', 'suspend'], 'What was done.'),
        tag: orNull(text('The tag whose value it is about; `null`: the whole account.')),
        value: orNull(text('The value.')),
        amount: AMOUNT_PER,
        requests: REQUESTS_PER,
        per: orNull(choice(RATE_PERIODS, 'The period of a throttle.')),
        since: instant('When it began.'),
        until: orNull(instant('When it ends; `null`: when somebody resumes.')),
      }),
    },
  },
);
