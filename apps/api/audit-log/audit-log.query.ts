import { IsOptional } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';
import { IsText } from '../validation/rules.ts';

export class AuditLogQuery extends PageQuery {
  @Describe('Only changes of the object with this id.')
  @IsOptional()
  @IsText(1, 128)
  readonly object?: string;
}
