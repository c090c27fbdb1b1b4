import type { PipeTransform } from '@nestjs/common';
import { invalidRequest } from './body-pipe.ts';

/** For the body of an operation that takes no fields: none, or `{}`. */
export const noFields: PipeTransform<object> = {
  transform: (body) => {
    refuseFields(body);
    return body;
  },
};

/** @throws {ProblemError} `invalid_request` with every field there is */
export function refuseFields(sent: object): void {
  const fields = Object.keys(sent);
  if (fields.length > 0)
    throw invalidRequest(fields.map((field) => ({ field, message: 'is not a field of this request' })));
}
