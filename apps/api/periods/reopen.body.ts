import { Describe } from '../openapi/describe.ts';
import { IsText } from '../validation/rules.ts';

export class ReopenBody {
  @Describe('Why. It is kept with the closing and in the audit log.')
  @IsText(1, 500)
  readonly reason!: string;
}
