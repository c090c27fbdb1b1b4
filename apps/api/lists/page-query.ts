import type { PageRequest } from '#ledger-store';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { invalidRequest } from '../validation/body-pipe.ts';

/** What a list's cursors say inside: the id of the last object, or when an account was made and its key. */
export const ID_CURSOR = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
export const ACCOUNT_CURSOR = /^\d{1,15}\.\d{1,19}$/;

/** What every list takes. */
export class PageQuery {
  /** How many, 1 to 100. */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  )
  @IsInt({ message: 'must be a whole number from 1 to 100' })
  @Min(1, { message: 'must be a whole number from 1 to 100' })
  @Max(100, { message: 'must be a whole number from 1 to 100' })
  readonly limit: number = 20;

  /** The `next_cursor` of the page before. */
  @IsOptional()
  @IsString()
  readonly cursor?: string;
}

/** @throws {ProblemError} `invalid_request` for a cursor that no list has given. */
export function pageRequest({ limit, cursor }: PageQuery, shape = ID_CURSOR): PageRequest {
  if (cursor === undefined) return { limit, after: null };
  const after = Buffer.from(cursor, 'base64url').toString('latin1');
  if (!shape.test(after))
    throw invalidRequest([{ field: 'cursor', message: 'must be the next_cursor of an earlier page' }]);
  return { limit, after };
}
