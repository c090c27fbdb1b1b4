import { expect } from '@jest/globals';
import type { Answer, ApiClient } from './api-client.ts';

export interface CreditPackageView {
  readonly id: string;
  readonly name: string;
  readonly credits: string;
  readonly bonus_credits: string;
  readonly price: string;
  readonly currency: string;
  readonly expires_after: number | 'never';
  readonly priority: number;
  readonly archived_at: string | null;
  readonly created_at: string;
}

export interface TopupView {
  readonly id: string;
  readonly purchase: string;
  readonly account: string;
  readonly status: string;
  readonly credits: string;
  readonly bonus_credits: string;
  readonly price: string;
  readonly currency: string;
  readonly provider: string;
  readonly payment_method: string | null;
  readonly provider_reference: string | null;
  readonly failure: { readonly code: string } | null;
  readonly grants: readonly string[];
  readonly refunded: string;
  readonly refunded_credits: string;
  readonly lost_credits: string;
}

/** Begins a purchase that an operator confirms. */
export async function buy(
  admin: ApiClient,
  account: string,
  what: Readonly<Record<string, unknown>>,
): Promise<TopupView> {
  return expectTopup(await admin.post(`/v1/accounts/${account}/topups`, { provider: 'manual', ...what }), 201);
}

export function expectTopup(answer: Answer, status: number): TopupView {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
  return answer.body as TopupView;
}

/** Has a package made: 1,000 credits for USD 9.50. */
export async function makePackage(
  admin: ApiClient,
  terms: Readonly<Record<string, unknown>> = {},
): Promise<CreditPackageView> {
  const body = { name: '1,000 credits', credits: '1000', price: '9.50', currency: 'USD', ...terms };
  const answer = await admin.post('/v1/credit-packages', body);
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 });
  return answer.body as CreditPackageView;
}
