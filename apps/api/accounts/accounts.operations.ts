import { RATE_CARD } from '../openapi/example-ids.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import { ref } from '../openapi/body-schemas.ts';
import { listSchema } from '../openapi/view-schema.ts';
import type { ProblemCode } from '../problems/problem.ts';
import { NEW_ACCOUNT_ID_SCHEMA } from '../validation/rules.ts';
import { ACCOUNT_ID_SCHEMA } from './account.schema.ts';
import type { AccountsController } from './accounts.controller.ts';

export const ACCOUNT_PATH = { id: { description: 'The account’s id.', schema: ACCOUNT_ID_SCHEMA } };

/** Why an account doesn't get a rate card. */
const CARD_PROBLEMS = [
  'rate_card_not_found',
  'rate_card_archived',
  'rate_card_purpose_differs',
  'unit_mismatch',
] as const satisfies readonly ProblemCode[];

export const ACCOUNT_OPERATIONS: OperationsOf<AccountsController> = {
  create: {
    id: 'createAccount',
    summary: 'Create an account',
    description:
      'Creates an account for a customer. If an account with the same id, unit and terms exists, returns 200 and changes nothing.',
    answers: {
      201: { description: 'The account was created.', schema: ref('Account') },
      200: { description: 'The account exists already, with the same unit and terms.', schema: ref('Account') },
    },
    problems: ['account_exists', 'account_id_taken', ...CARD_PROBLEMS],
    examples: [
      {
        name: 'customer',
        summary: 'A customer',
        body: { id: 'acme' },
      },
      {
        name: 'same_again',
        summary: 'The same account again',
        body: { id: 'acme' },
      },
      {
        name: 'with_overdraft',
        summary: 'A customer with an overdraft',
        body: {
          id: 'globex',
          name: 'Globex Corporation',
          unit: 'USD',
          overdraft_limit: '25',
          overage: 'debt',
          time_zone: 'Europe/Berlin',
          metadata: { plan: 'pro' },
        },
      },
      { name: 'other_terms', summary: 'An id that is taken', body: { id: 'acme', unit: 'USD' } },
    ],
  },
  put: {
    id: 'getOrCreateAccount',
    summary: 'Get or create an account',
    description:
      'Creates the account or, if there is one with this id, returns it as it is, whatever its unit and terms are. So a request that needs an account can make sure that there is one.',
    path: {
      id: { description: 'The account’s id. Clients take `.` and `..` out of a path.', schema: NEW_ACCOUNT_ID_SCHEMA },
    },
    answers: {
      201: { description: 'The account was created.', schema: ref('Account') },
      200: { description: 'The account exists already.', schema: ref('Account') },
    },
    problems: ['account_id_taken', ...CARD_PROBLEMS],
    examples: [
      { name: 'new', summary: 'A new customer', path: { id: 'umbrella' }, body: { metadata: { plan: 'free' } } },
      { name: 'again', summary: 'The same customer again', path: { id: 'umbrella' } },
    ],
  },
  list: {
    id: 'listAccounts',
    summary: 'List or find accounts',
    description:
      'Lists the environment’s accounts with their current balances, newest first. Accounts must match all filters that you give.',
    answers: { 200: { description: 'A page of accounts.', schema: listSchema(ref('Account')) } },
    examples: [
      { name: 'first_page', summary: 'The newest account', query: { limit: '1' } },
      {
        name: 'found',
        summary: 'Accounts on a plan whose name contains “acme”',
        query: { name: 'acme', 'metadata.plan': 'pro' },
      },
    ],
  },
  find: {
    id: 'getAccount',
    summary: 'Get an account',
    description: 'Returns the account with its current balance.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account.', schema: ref('Account') } },
    problems: ['account_not_found'],
    examples: [
      { name: 'customer', summary: 'A customer', path: { id: 'acme' } },
      { name: 'unknown', summary: 'An account that doesn’t exist', path: { id: 'initech' } },
    ],
  },
  update: {
    id: 'updateAccount',
    summary: 'Update an account’s terms',
    description:
      'Fields that you leave out stay unchanged; `metadata` is replaced as a whole. Open authorizations keep their overage policy and their prices.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The updated account.', schema: ref('Account') } },
    problems: [...CARD_PROBLEMS, 'account_not_found', 'account_closed'],
    examples: [
      {
        name: 'new_name',
        summary: 'Another name and metadata',
        path: { id: 'acme' },
        body: { name: 'Acme Inc.', metadata: { plan: 'pro' } },
      },
      {
        name: 'higher_overdraft',
        summary: 'A higher overdraft limit',
        path: { id: 'globex' },
        body: { overdraft_limit: '50' },
      },
      {
        name: 'commitment',
        summary: 'A commitment to spend so much in each month',
        path: { id: 'globex' },
        body: { commitment: { amount: '1000', period: 'month' } },
      },
      {
        name: 'rate_card',
        summary: 'A rate card that prices its usage',
        path: { id: 'acme' },
        body: { rate_card: RATE_CARD },
      },
      {
        name: 'rate_card_and_overdraft',
        summary: 'A rate card and an overdraft limit',
        path: { id: 'umbrella' },
        body: { rate_card: RATE_CARD, overdraft_limit: '0.1' },
      },
    ],
  },
  suspend: {
    id: 'suspendAccount',
    summary: 'Suspend an account',
    description:
      'From now on, Purser declines every new authorization with 402 `account_suspended`. It still accepts commits.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The updated account.', schema: ref('Account') } },
    problems: ['account_not_found', 'account_closed'],
    examples: [{ name: 'customer', summary: 'A customer', path: { id: 'acme' } }],
  },
  resume: {
    id: 'resumeAccount',
    summary: 'End a suspension',
    description: 'Purser accepts new authorizations for the account again.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The updated account.', schema: ref('Account') } },
    problems: ['account_not_found', 'account_closed'],
    examples: [{ name: 'customer', summary: 'A customer', path: { id: 'acme' } }],
  },
  close: {
    id: 'closeAccount',
    summary: 'Close an account',
    description:
      'Ends the account for good. It must have no open authorizations. The credits that are left, those of scheduled grants too, become breakage or are returned to where they came from; a debt stays. From then on, Purser declines everything new with 402 `account_closed`. It still accepts late commits and refunds; refunded credits go where the rest went. Repeating the call returns the same result.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The closed account.', schema: ref('Account') } },
    problems: ['account_not_found', 'account_has_open_holds'],
    examples: [
      { name: 'customer', summary: 'A customer has left', path: { id: 'umbrella' }, body: { remainder: 'return' } },
    ],
  },
  writeOff: {
    id: 'writeOffDebt',
    summary: 'Write off debt',
    description:
      'Gives up debt of the account that nobody will repay, also of a closed account. The balance rises by as much, and the debt leaves the report `debt-ageing`; the transfer has the date and the reason. It earns nothing. If the usage is refunded later, that gives nothing back to the customer.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account.', schema: ref('Account') } },
    problems: ['account_not_found', 'write_off_exceeds_debt'],
    examples: [
      {
        name: 'lost',
        summary: 'Debt that nobody will repay',
        path: { id: 'globex' },
        body: { amount: '3', reason: 'The customer is insolvent.' },
      },
      { name: 'no_debt', summary: 'An account without debt', path: { id: 'acme' }, body: { reason: 'uncollectable' } },
    ],
  },
  erase: {
    id: 'eraseAccount',
    summary: 'Erase a closed account’s personal data',
    description:
      'Erases the name and the metadata of the account at once, and everything else step by step: metadata and tags of its grants and authorizations, properties and vendors’ answers of its usage, and the same in events, remembered responses and the audit log. `erasing` is true until that is done. Ids, amounts and times stay, so that the books stay whole. Repeating the call returns the same result.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account, without its personal data.', schema: ref('Account') } },
    problems: ['account_not_found', 'account_not_closed'],
    examples: [
      { name: 'customer', summary: 'A customer who has left', path: { id: 'umbrella' } },
      { name: 'in_use', summary: 'An account that isn’t closed', path: { id: 'acme' } },
    ],
  },
  balance: {
    id: 'getBalance',
    summary: 'Get an account’s balance',
    description:
      'Returns the current balance or, with `at`, the balance at a past instant. An instant in the future is an error.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The balance.', schema: ref('Balance') } },
    problems: ['account_not_found'],
    examples: [
      { name: 'now', summary: 'Now', path: { id: 'acme' } },
      {
        name: 'ahead',
        summary: 'An instant in the future',
        path: { id: 'acme' },
        query: { at: '2999-01-01T00:00:00Z' },
      },
    ],
  },
};
