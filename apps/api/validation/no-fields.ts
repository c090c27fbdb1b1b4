import type { PipeTransform } from '@nestjs/common';
import { invalidRequest } from './body-pipe.ts';

/** For the body of an operation that takes no fields: none, or `{}`. */
export const noFields: PipeTransform<object> = {
  transform: (body) => {
    const fields = Object.keys(body);
    if (fields.length > 0)
      throw invalidRequest(fields.map((field) => ({ field, message: 'is not a field of this request' })));
    return body;
  },
};
