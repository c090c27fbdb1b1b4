import { IsOptional, IsString, Length } from 'class-validator';
import { PageQuery } from '../lists/page-query.ts';
import { Describe } from '../openapi/describe.ts';

export class AuditLogQuery extends PageQuery {
  @Describe('Only what was done to the object with this id.')
  @IsOptional()
  @IsString()
  @Length(1, 128)
  readonly object?: string;
}
