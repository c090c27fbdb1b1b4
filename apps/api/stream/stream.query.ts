import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsWait } from '../validation/rules.ts';

export class StreamQuery {
  @Describe('Seconds after which the stream ends; with 0, as soon as it has sent the current state. Default: no limit.')
  @IsOptional()
  @IsWait()
  readonly wait?: string;
}
