import { accountKey, type AccountRef } from '#ledger';
import { problemOfRefusal } from '../problems/problem-of-refusal.ts';
import { ProblemError } from '../problems/problem.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { isNewAccountId, NEW_ACCOUNT_ID_FORM } from '../validation/rules.ts';

export function accountRef(environment: string, id: string): AccountRef {
  return { environment, id, key: accountKey(environment, id) };
}

export function accountNotFound(account: string): ProblemError {
  return new ProblemError(problemOfRefusal({ code: 'account_not_found', account }));
}

/** @throws {ProblemError} `invalid_request` where no account can be made with the id of the path */
export function mustBeNewAccountId(id: string): void {
  if (!isNewAccountId(id)) throw invalidRequest([{ field: 'id', message: NEW_ACCOUNT_ID_FORM }]);
}
