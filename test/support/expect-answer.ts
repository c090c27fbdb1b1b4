import { expect } from '@jest/globals';
import type { Answer } from './api-client.ts';
import type {
  AccountView,
  AuthorizationView,
  GrantView,
  ItemView,
  ListView,
  ProblemView,
  TransferView,
} from './views.ts';

/**
 * Expects a problem as RFC 9457 and the contract want it.
 * @returns its body, for what else a test wants to know of it
 */
export function expectProblem(answer: Answer, status: number, code: string): ProblemView {
  expect({ status: answer.status, ...(answer.body as object) }).toMatchObject({
    type: `urn:purser:problem:${code}`,
    title: expect.stringMatching(/\S/),
    status,
    detail: expect.stringMatching(/\S/),
    code,
  });
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json\b/);
  return answer.body as ProblemView;
}

/** Expects a 400 that names exactly these fields, in any order. */
export function expectFaults(answer: Answer, fields: readonly string[]): void {
  const { errors = [] } = expectProblem(answer, 400, 'invalid_request');
  expect(errors.map(({ field }) => field).sort()).toEqual([...fields].sort());
  for (const { message } of errors) expect(message).toMatch(/\S/);
}

export function expectAccount(answer: Answer, status: number): AccountView {
  return expectJson(answer, status) as AccountView;
}

export function expectGrant(answer: Answer, status: number): GrantView {
  return expectJson(answer, status) as GrantView;
}

export function expectAuthorization(answer: Answer, status: number): AuthorizationView {
  return expectJson(answer, status) as AuthorizationView;
}

/** Expects a batch's answer. @returns its items */
export function expectItems(answer: Answer, status: number): readonly ItemView[] {
  return (expectJson(answer, status) as { items: ItemView[] }).items;
}

export function expectList(answer: Answer): ListView {
  return expectJson(answer, 200) as ListView;
}

export function expectTransfers(answer: Answer): readonly TransferView[] {
  return (expectJson(answer, 200) as { data: TransferView[] }).data;
}

export function expectGrants(answer: Answer): readonly GrantView[] {
  return (expectJson(answer, 200) as { data: GrantView[] }).data;
}

function expectJson(answer: Answer, status: number): unknown {
  // The body is compared as well where the status is another, so that a failure shows what was answered instead.
  if (answer.status !== status) expect({ status: answer.status, body: answer.body }).toEqual({ status });
  expect(answer.body).toEqual(expect.anything());
  expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
  return answer.body;
}
