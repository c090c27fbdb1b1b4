import { expect } from '@jest/globals';
import type { ApiClient } from './api-client.ts';

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
