import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { validateSync, type ValidationError } from 'class-validator';
import { problem, ProblemError } from '../problems/problem.ts';
import { bodyOf, isBodyClass, sentName } from './body-classes.ts';

interface Fault {
  readonly field: string;
  readonly message: string;
}

/**
 * Checks bodies and queries against their classes: every fault at once, and no field that we don't know.
 *
 * Nest's own pipe isn't used because of the library it copies bodies with, which drops names such as `toString` from
 * metadata and stumbles over others; see {@link bodyOf}.
 */
export class BodyPipe implements PipeTransform<unknown> {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || !isBodyClass(metatype)) return value;
    const body = bodyOf(metatype, value);
    const errors = validateSync(body, {
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
    });
    if (errors.length > 0) throw invalidRequest(errors.flatMap((error) => faultsOf(error, '')));
    return body;
  }
}

/** A request of thousands of faults is told so many of them: the answer must not be dearer than the request. */
export const ERRORS_MAX = 100;

export function invalidRequest(errors: readonly Fault[]): ProblemError {
  const count = errors.length;
  const most = String(ERRORS_MAX);
  const few = count === 1 ? 'A field is not as it must be.' : `${String(count)} fields are not as they must be.`;
  const detail =
    count > ERRORS_MAX ? `More than ${most} fields are not as they must be. These are the first ${most}.` : few;
  return new ProblemError(problem('invalid_request', detail, { errors: errors.slice(0, ERRORS_MAX) }));
}

function faultsOf(error: ValidationError, parent: string): Fault[] {
  const name = sentName(error.property);
  const field = parent === '' ? name : `${parent}.${name}`;
  const own = Object.entries(error.constraints ?? {}).map(([constraint, message]) => ({
    field,
    message: phrase(constraint, error.property, message),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}

/** The library's messages name the property; the field stands beside them already. */
function phrase(constraint: string, property: string, message: string): string {
  if (constraint === 'whitelistValidation') return 'is not a field of this request';
  if (constraint === 'arrayUnique') return 'must not have anything twice';
  const unnamed = message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
  return unnamed.replace(/^each value in (?:\w+ )?(?=must )/, 'each ');
}
