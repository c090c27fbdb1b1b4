import { Describe } from '../openapi/describe.ts';
import { IsEnvironmentName } from '../validation/rules.ts';

export class CreateEnvironmentBody {
  @Describe('How it is called from then on; it stands in each of its keys.')
  @IsEnvironmentName()
  readonly name!: string;
}
