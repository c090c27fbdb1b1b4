import { expect } from '@jest/globals';
import type { ApiClient } from './api-client.ts';

/** A budget as the API shows it. */
export interface BudgetView {
  readonly id: string;
  readonly name: string;
  readonly windows: readonly WindowView[];
  readonly [field: string]: unknown;
}

export interface WindowView {
  readonly value: string | null;
  readonly start: string;
  readonly resets_at: string | null;
  readonly spent: string;
  readonly held: string;
  readonly remaining: string;
}

/** Gives an account a budget; of 100 a day where nothing else is said. */
export async function makeBudget(
  client: ApiClient,
  account: string,
  name: string,
  terms: Readonly<Record<string, unknown>> = {},
): Promise<BudgetView> {
  const { status, body } = await client.post(`/v1/accounts/${account}/budgets`, {
    name,
    amount: '100',
    period: 'day',
    ...terms,
  });
  expect({ status, body }).toMatchObject({ status: 201, body: { name } });
  return body as BudgetView;
}

/** @param budget its name or id */
export async function readBudget(client: ApiClient, account: string, budget: string): Promise<BudgetView> {
  const { status, body } = await client.get(`/v1/accounts/${account}/budgets/${budget}`);
  expect(status).toBe(200);
  return body as BudgetView;
}
