import { expect } from '@jest/globals';
import type { ApiClient } from './api-client.ts';

export interface PlanView {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly recurring_grants: readonly Readonly<Record<string, unknown>>[];
  readonly budgets: readonly Readonly<Record<string, unknown>>[];
  readonly rate_card: string | null;
  readonly overdraft_limit: string | null;
  readonly alerts: unknown;
}

/** Has a plan made. */
export async function makePlan(admin: ApiClient, terms: Readonly<Record<string, unknown>> = {}): Promise<PlanView> {
  const answer = await admin.post('/v1/plans', { name: 'Pro', ...terms });
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 201 });
  return answer.body as PlanView;
}
