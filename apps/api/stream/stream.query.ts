import { IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsWait } from '../validation/rules.ts';

export class StreamQuery {
  @Describe('Seconds after which the stream ends; 0: as soon as it has told how things are. Without it, it goes on.')
  @IsOptional()
  @IsWait()
  readonly wait?: string;
}
