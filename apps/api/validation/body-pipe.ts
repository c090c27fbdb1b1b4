import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { problem, ProblemError } from '../problems/problem.ts';

interface Fault {
  readonly field: string;
  readonly message: string;
}

/** Checks bodies and queries against their classes: every fault at once, and no field that we don't know. */
export function bodyPipe(): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
    exceptionFactory: (errors) => invalidRequest(errors.flatMap((error) => faultsOf(error, ''))),
  });
}

export function invalidRequest(errors: readonly Fault[]): ProblemError {
  const detail =
    errors.length === 1 ? 'A field is not as it must be.' : `${String(errors.length)} fields are not as they must be.`;
  return new ProblemError(problem('invalid_request', detail, { errors }));
}

function faultsOf(error: ValidationError, parent: string): Fault[] {
  const field = parent === '' ? error.property : `${parent}.${error.property}`;
  const own = Object.entries(error.constraints ?? {}).map(([name, message]) => ({
    field,
    message: phrase(name, field, error.property, message),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, field))];
}

/** The library begins its messages with the property's name; the field stands beside them already. */
function phrase(constraint: string, field: string, property: string, message: string): string {
  if (constraint === 'whitelistValidation') return `is not a field of this request`;
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message.replace(`${field} `, '');
}
