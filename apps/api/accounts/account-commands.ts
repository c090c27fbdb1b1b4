import { Amount, ZERO } from '#amounts';
import { DEFAULT_TERMS, newAccountId, type AccountRef, type AccountTerms, type Command } from '#ledger';
import type { GivenCard } from '../rate-cards/given-card.ts';
import { accountRef } from './account-ref.ts';
import {
  DEFAULT_UNIT,
  type AccountTermsBody,
  type CreateAccountBody,
  type GetOrCreateAccountBody,
} from './account.body.ts';

export function createAccountCommand(
  environment: string,
  body: CreateAccountBody,
  card: GivenCard | null,
): Command<'create_account'> {
  return creation(accountRef(environment, body.id ?? newAccountId()), body, card);
}

export function getOrCreateAccountCommand(
  account: AccountRef,
  body: GetOrCreateAccountBody,
  card: GivenCard | null,
): Command<'create_account'> {
  return { ...creation(account, body, card), orExisting: true };
}

function creation(
  account: AccountRef,
  body: GetOrCreateAccountBody,
  card: GivenCard | null,
): Command<'create_account'> {
  return {
    type: 'create_account',
    account,
    unit: body.unit ?? DEFAULT_UNIT,
    terms: { ...DEFAULT_TERMS, ...givenTerms(body, card) },
    cardUnit: card && card.unit,
  };
}

export function updateAccountCommand(
  account: AccountRef,
  body: AccountTermsBody,
  card: GivenCard | null,
): Command<'update_account'> {
  return { type: 'update_account', account, terms: givenTerms(body, card), cardUnit: card && card.unit };
}

function givenTerms(body: AccountTermsBody, card: GivenCard | null): Partial<AccountTerms> {
  const { name, overdraft_limit, overage, time_zone, commitment, rate_card, discount, overrides, metadata } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(!overdraft_limit ? {} : { overdraftLimit: new Amount(overdraft_limit) }),
    ...(!overage ? {} : { overage }),
    ...(!time_zone ? {} : { timeZone: time_zone }),
    ...(commitment === undefined ? {} : { commitment: commitment && new Amount(commitment.amount) }),
    ...(rate_card === undefined ? {} : { rateCard: card && card.id }),
    ...(discount === undefined ? {} : { discount: discount === null ? ZERO : new Amount(discount) }),
    ...(overrides === undefined ? {} : { overrides: overrides ?? [] }),
    ...(!metadata ? {} : { metadata }),
  };
}
