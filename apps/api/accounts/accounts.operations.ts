import type { OperationsOf } from '../openapi/operation.ts';
import { ref } from '../openapi/body-schemas.ts';
import { listSchema } from '../openapi/view-schema.ts';
import { ACCOUNT_ID_SCHEMA } from './account.schema.ts';
import type { AccountsController } from './accounts.controller.ts';

export const ACCOUNT_PATH = { id: { description: 'The account’s id.', schema: ACCOUNT_ID_SCHEMA } };

export const ACCOUNT_OPERATIONS: OperationsOf<AccountsController> = {
  create: {
    id: 'createAccount',
    summary: 'Open an account',
    description:
      'Opens an account for a customer. The same id again, with the same unit and terms, answers 200 and changes nothing.',
    answers: {
      201: { description: 'The account was opened.', schema: ref('Account') },
      200: { description: 'It was there already, with the same unit and terms.', schema: ref('Account') },
    },
    problems: ['account_exists', 'account_id_taken'],
    examples: [
      {
        name: 'customer',
        summary: 'A customer',
        body: { id: 'acme', name: 'Acme Inc.', metadata: { plan: 'pro' } },
      },
      {
        name: 'same_again',
        summary: 'The same account again',
        body: { id: 'acme', name: 'Acme Inc.', metadata: { plan: 'pro' } },
      },
      {
        name: 'with_overdraft',
        summary: 'A customer who may go into debt',
        body: { id: 'globex', unit: 'USD', overdraft_limit: '25', overage: 'debt', time_zone: 'Europe/Berlin' },
      },
      { name: 'other_terms', summary: 'An id that is taken', body: { id: 'acme', unit: 'USD' } },
    ],
  },
  list: {
    id: 'listAccounts',
    summary: 'List accounts',
    description: 'The environment’s accounts with their balances now, newest first.',
    answers: { 200: { description: 'A page of accounts.', schema: listSchema(ref('Account')) } },
    examples: [{ name: 'first_page', summary: 'The newest account', query: { limit: '1' } }],
  },
  find: {
    id: 'getAccount',
    summary: 'Get an account',
    description: 'The account, with its balance now.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account.', schema: ref('Account') } },
    problems: ['account_not_found'],
    examples: [
      { name: 'customer', summary: 'A customer', path: { id: 'acme' } },
      { name: 'unknown', summary: 'An account that isn’t there', path: { id: 'initech' } },
    ],
  },
  update: {
    id: 'updateAccount',
    summary: 'Change an account’s terms',
    description:
      'What isn’t given stays as it is; `metadata` is replaced whole. Open authorizations keep the overage policy they have.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account as it is now.', schema: ref('Account') } },
    problems: ['account_not_found'],
    examples: [
      {
        name: 'higher_overdraft',
        summary: 'A higher overdraft limit',
        path: { id: 'globex' },
        body: { overdraft_limit: '50' },
      },
    ],
  },
  suspend: {
    id: 'suspendAccount',
    summary: 'Suspend an account',
    description: 'Declines every new authorization from now on, by 402 `account_suspended`; commits still land.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account as it is now.', schema: ref('Account') } },
    problems: ['account_not_found'],
    examples: [{ name: 'customer', summary: 'A customer', path: { id: 'globex' } }],
  },
  resume: {
    id: 'resumeAccount',
    summary: 'End a suspension',
    description: 'Takes new authorizations again.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The account as it is now.', schema: ref('Account') } },
    problems: ['account_not_found'],
    examples: [{ name: 'customer', summary: 'A customer', path: { id: 'globex' } }],
  },
  balance: {
    id: 'getBalance',
    summary: 'Get an account’s balance',
    description:
      'What the account has now or, with `at`, what it had at a past instant. An instant that lies ahead is refused.',
    path: ACCOUNT_PATH,
    answers: { 200: { description: 'The balance.', schema: ref('Balance') } },
    problems: ['account_not_found'],
    examples: [
      { name: 'now', summary: 'Now', path: { id: 'acme' } },
      {
        name: 'ahead',
        summary: 'An instant that lies ahead',
        path: { id: 'acme' },
        query: { at: '2999-01-01T00:00:00Z' },
      },
    ],
  },
};
