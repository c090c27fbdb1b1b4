import type { Answer, ApiClient } from './api-client.ts';
import { expectAuthorization } from './expect-answer.ts';
import { openAccount } from './ledger-steps.ts';
import { chatPrices, makeRateCard } from './price-steps.ts';
import type { AuthorizationView } from './views.ts';

/** Usage of a chat. By the usual prices, 0.03 and 0.06 for 1 000 tokens, the default costs 0.027. */
export function chat(input = 600, output: number | null = 150, more: Readonly<Record<string, unknown>> = {}) {
  return {
    event: 'chat.completed',
    model: 'gpt-5',
    input_tokens: input,
    ...(output === null ? {} : { output_tokens: output }),
    ...more,
  };
}

/** What an account is opened with: credits or none, prices in place of the usual ones, and terms of its own. */
type PricedTerms = { readonly credits?: string | null; readonly prices?: readonly unknown[] } & Readonly<
  Record<string, unknown>
>;

/** Opens an account with a rate card of its own. @returns its id */
export async function openPricedAccount(
  client: ApiClient,
  { prices = chatPrices('0.03', '0.06'), credits = '100', ...terms }: PricedTerms = {},
): Promise<string> {
  const card = await makeRateCard(client, { prices });
  return openAccount(client, { ...(credits !== null && { credits }), rate_card: card.id, ...terms });
}

export async function authorizeUsage(
  client: ApiClient,
  account: string,
  usage: unknown = chat(),
  terms: Readonly<Record<string, unknown>> = {},
): Promise<AuthorizationView> {
  return expectAuthorization(await client.post('/v1/authorizations', { account, usage, ...terms }), 201);
}

export async function chargeUsage(
  client: ApiClient,
  account: string,
  usage: unknown = chat(),
  terms: Readonly<Record<string, unknown>> = {},
): Promise<AuthorizationView> {
  return expectAuthorization(await client.post('/v1/charges', { account, usage, ...terms }), 201);
}

export async function commit(client: ApiClient, id: string, body: unknown): Promise<AuthorizationView> {
  return expectAuthorization(await client.post(`/v1/authorizations/${id}/commit`, body), 200);
}

export async function adjust(client: ApiClient, id: string, body: unknown): Promise<AuthorizationView> {
  return expectAuthorization(await client.post(`/v1/authorizations/${id}/adjust`, body), 200);
}

export async function found(client: ApiClient, id: string): Promise<AuthorizationView> {
  return expectAuthorization(await client.get(`/v1/authorizations/${id}`), 200);
}

/** Asks for what may be refused. */
export function asking(client: ApiClient, account: string, usage: unknown, terms: object = {}): Promise<Answer> {
  return client.post('/v1/authorizations', { account, usage, ...terms });
}
