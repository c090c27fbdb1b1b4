import { Amount, ZERO } from '#amounts';
import { newAccountId, type AccountRef, type AccountTerms, type Command } from '#ledger';
import { accountRef } from './account-ref.ts';
import {
  DEFAULT_UNIT,
  type AccountTermsBody,
  type CreateAccountBody,
  type GetOrCreateAccountBody,
} from './account.body.ts';

const DEFAULT_TERMS: AccountTerms = { name: null, overdraftLimit: ZERO, overage: 'cap', timeZone: 'UTC', metadata: {} };

export function createAccountCommand(environment: string, body: CreateAccountBody): Command<'create_account'> {
  return creation(accountRef(environment, body.id ?? newAccountId()), body);
}

export function getOrCreateAccountCommand(
  account: AccountRef,
  body: GetOrCreateAccountBody,
): Command<'create_account'> {
  return { ...creation(account, body), orExisting: true };
}

function creation(account: AccountRef, body: GetOrCreateAccountBody): Command<'create_account'> {
  return {
    type: 'create_account',
    account,
    unit: body.unit ?? DEFAULT_UNIT,
    terms: { ...DEFAULT_TERMS, ...givenTerms(body) },
  };
}

export function updateAccountCommand(account: AccountRef, body: AccountTermsBody): Command<'update_account'> {
  return { type: 'update_account', account, terms: givenTerms(body) };
}

function givenTerms({ name, overdraft_limit, overage, time_zone, metadata }: AccountTermsBody): Partial<AccountTerms> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(!overdraft_limit ? {} : { overdraftLimit: new Amount(overdraft_limit) }),
    ...(!overage ? {} : { overage }),
    ...(!time_zone ? {} : { timeZone: time_zone }),
    ...(!metadata ? {} : { metadata }),
  };
}
