import { IsEnvironmentName } from '../validation/rules.ts';

export class CreateEnvironmentBody {
  /** How it is called from then on; it stands in every key. */
  @IsEnvironmentName()
  readonly name!: string;
}
