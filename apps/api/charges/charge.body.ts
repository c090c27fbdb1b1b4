import { type BatchMode } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { BATCH_MODES, DEFAULT_BATCH_MODE, SpendBody } from '../authorizations/authorization.body.ts';
import { BatchItems } from '../validation/body-classes.ts';

export class ChargeBatchBody {
  @Describe(
    '`all_or_nothing`: either every item is charged, or none. `independent`: each item is decided on its own, in order.',
    {
      default: DEFAULT_BATCH_MODE,
    },
  )
  @IsOptional()
  @IsIn(BATCH_MODES)
  readonly mode?: BatchMode | null;

  @Describe('1 to 1,000 charges, for one account or many, of at most 1,000 usages in all.')
  @BatchItems(() => SpendBody)
  readonly items!: SpendBody[];
}
