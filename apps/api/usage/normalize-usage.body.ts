import { Describe } from '../openapi/describe.ts';
import { IsUsage, type UsageInput } from '../validation/usage.ts';

export class NormalizeUsageBody {
  @Describe('One usage or a list of up to 100, each in our vocabulary or as a vendor reports it.')
  @IsUsage()
  readonly usage!: UsageInput | readonly UsageInput[];
}
