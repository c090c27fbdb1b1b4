import { Describe } from '../openapi/describe.ts';
import { IsEnvironmentName } from '../validation/rules.ts';

export class CreateEnvironmentBody {
  @Describe('The environment’s name; it is part of each of its API keys.')
  @IsEnvironmentName()
  readonly name!: string;
}
