import { randomUUID } from 'node:crypto';
import type { ApiClient } from './api-client.ts';
import { expectAccount, expectAuthorization, expectGrant, expectList } from './expect-answer.ts';
import type { AccountView, AuthorizationView, GrantView } from './views.ts';

/** The steps that most tests begin with. Each expects to succeed. */

/** Opens an account that no other test knows, with one grant where `credits` are given. @returns its id */
export async function openAccount(
  client: ApiClient,
  { credits, ...terms }: { readonly credits?: string } & Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { id } = expectAccount(await client.post('/v1/accounts', { id: `acme-${randomUUID()}`, ...terms }), 201);
  if (credits !== undefined) await grantCredits(client, id, credits);
  return id;
}

export async function grantCredits(
  client: ApiClient,
  account: string,
  amount: string,
  terms: Readonly<Record<string, unknown>> = {},
): Promise<GrantView> {
  return expectGrant(await client.post(`/v1/accounts/${account}/grants`, { amount, ...terms }), 201);
}

export async function authorize(
  client: ApiClient,
  account: string,
  amount: string,
  terms: Readonly<Record<string, unknown>> = {},
): Promise<AuthorizationView> {
  return expectAuthorization(await client.post('/v1/authorizations', { account, amount, ...terms }), 201);
}

export async function charge(client: ApiClient, account: string, amount: string): Promise<AuthorizationView> {
  return expectAuthorization(await client.post('/v1/charges', { account, amount }), 201);
}

export async function balanceOf(client: ApiClient, account: string): Promise<AccountView['balance']> {
  return expectAccount(await client.get(`/v1/accounts/${account}`), 200).balance;
}

/** Walks a whole list, page by page. @returns the ids on every page */
export async function pagesOf(client: ApiClient, path: string, limit: number): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor = '';
  for (;;) {
    const separator = path.includes('?') ? '&' : '?';
    const page = expectList(await client.get(`${path}${separator}limit=${limit}${cursor}`));
    pages.push(page.data.map(({ id }) => id));
    if (page.next_cursor === null) return pages;
    cursor = `&cursor=${page.next_cursor}`;
  }
}
