import { parsePublicId, type IdKind } from '#ledger';
import type { FollowRequest } from '#ledger-store';
import type { ProblemError } from '../problems/problem.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { START } from '../validation/rules.ts';
import { pageRequest, type PageQuery } from './page-query.ts';

/**
 * @param after what `IsPosition` has let pass
 * @throws {ProblemError} `invalid_request` for a cursor that no list has given.
 */
export function followRequest(kind: IdKind, after: string, query: PageQuery): FollowRequest {
  return { ...pageRequest(query), lastSeen: after === START ? null : parsePublicId(kind, after) };
}

export function unknownPosition(what: string): ProblemError {
  return invalidRequest([{ field: 'after', message: `must be "start" or ${what}` }]);
}
