import { ACCOUNT_PATH } from '../accounts/accounts.operations.ts';
import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { AccountRulesController } from './account-rules.controller.ts';
import type { DryRunController } from './dry-run.controller.ts';
import type { RulesController } from './rules.controller.ts';

export const ACCOUNT_RULE_OPERATIONS: OperationsOf<AccountRulesController> = {
  read: {
    id: 'getAccountRules',
    summary: 'Get an account’s rules',
    description:
      'Returns the rules that apply to the account, and the throttles and suspensions that they have led to.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account’s rules.', schema: ref('AccountRules') } },
    problems: ['account_not_found'],
    examples: [{ name: 'of_a_customer', summary: 'The rules of a customer', path: { id: 'acme' } }],
  },
  set: {
    id: 'setAccountRules',
    summary: 'Set an account’s rules',
    description:
      'Sets the account’s own rules. What you leave out follows the environment; a list replaces the environment’s.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account’s updated rules.', schema: ref('AccountRules') } },
    problems: ['account_not_found', 'account_closed'],
    examples: [
      {
        name: 'of_a_customer',
        summary: 'A larger rate for each user',
        path: { id: 'acme' },
        body: { rate: [{ amount: '50', per: 'minute', tag: 'user' }] },
      },
    ],
  },
  resume: {
    id: 'resumeUsage',
    summary: 'Resume usage',
    description:
      'Ends throttles and suspensions by rules: all of the account’s, those of a tag, or those of one of its values.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account’s rules, and what is still in force.', schema: ref('AccountRules') } },
    problems: ['account_not_found', 'account_closed'],
    examples: [{ name: 'a_user', summary: 'A user', path: { id: 'acme' }, body: { tag: 'user', value: 'user-7' } }],
  },
};

export const RULE_OPERATIONS: OperationsOf<RulesController> = {
  read: {
    id: 'getRules',
    summary: 'Get the environment’s rules',
    description: 'Returns the rules for accounts that have none of their own.',
    answers: { 200: { description: 'The rules.', schema: ref('Rules') } },
    examples: [{ name: 'of_the_environment', summary: 'The rules of the environment' }],
  },
  set: {
    id: 'setRules',
    summary: 'Set the environment’s rules',
    description: 'Sets the rules for accounts that have none of their own. What you leave out is removed.',
    answers: { 200: { description: 'The updated rules.', schema: ref('Rules') } },
    examples: [
      {
        name: 'against_loops',
        summary: 'Against large requests, spikes and loops',
        body: {
          max_amount: '100',
          nap: [{ over_output_tokens: 4000, seconds: 10, tag: 'user' }],
          spike: [{ factor: '8', floor: '500', action: 'throttle', tag: 'user' }],
          loop: [{ times: 30, action: 'suspend', for: 3600, tag: 'session' }],
        },
      },
    ],
  },
};

export const DRY_RUN_OPERATIONS: OperationsOf<DryRunController> = {
  run: {
    id: 'dryRunRules',
    summary: 'Try rules on the past',
    description:
      'Replays closed authorizations through rules, and returns what they would have declined and saved. It changes nothing.',
    answers: { 200: { description: 'What the rules would have caught.', schema: ref('DryRun') } },
    problems: ['account_not_found'],
    examples: [
      {
        name: 'a_rate',
        summary: 'A rate for each user',
        body: {
          rule: { rate: [{ amount: '5', per: 'minute', tag: 'user' }] },
          account: 'acme',
          from: '2026-01-01T00:00:00Z',
          to: '2036-01-01T00:00:00Z',
        },
      },
    ],
  },
};
