import type { PageRequest } from '#ledger-store';
import { IsOptional, IsString } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { invalidRequest } from '../validation/body-pipe.ts';
import { IsLimit } from '../validation/rules.ts';

/** What a list's cursors say inside: the id of the last object, or when an account was made and its key, of 62 bits. */
const ID_CURSOR = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** When an event was recorded, and its id. */
export const EVENT_CURSOR = /^\d{1,15}\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** How much an account has of a limit, and the account's key. */
export const SHARE_CURSOR = /^\d{1,38}(?:\.\d{1,12})?\/[0-4]?\d{1,18}$/;
/** The number of a version. */
export const VERSION_CURSOR = /^\d{1,9}$/;
export const ACCOUNT_CURSOR = /^\d{1,15}\.[0-4]?\d{1,18}$/;

const DEFAULT_LIMIT = 20;

/** What every list takes. */
export class PageQuery {
  @Describe('The number of objects on a page, 1 to 100.', { default: String(DEFAULT_LIMIT) })
  @IsOptional()
  @IsLimit()
  readonly limit?: string;

  @Describe('The `next_cursor` of the previous page.')
  @IsOptional()
  @IsString()
  readonly cursor?: string;
}

/** @throws {ProblemError} `invalid_request` for a cursor that no list has given. */
export function pageRequest({ limit: wanted, cursor }: PageQuery, shape = ID_CURSOR): PageRequest {
  const limit = wanted === undefined ? DEFAULT_LIMIT : Number(wanted);
  if (cursor === undefined) return { limit, after: null };
  const after = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!shape.test(after))
    throw invalidRequest([{ field: 'cursor', message: 'must be the next_cursor of an earlier page' }]);
  return { limit, after };
}
