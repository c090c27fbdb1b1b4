import { accountKey, type AccountRef } from '#ledger';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';

export function accountRef(environment: string, id: string): AccountRef {
  return { environment, id, key: accountKey(environment, id) };
}

export function accountNotFound(account: string): ProblemError {
  return new ProblemError(problemOfRefusal({ code: 'account_not_found', account }));
}
