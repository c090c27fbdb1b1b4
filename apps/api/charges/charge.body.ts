import { type BatchMode } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { BATCH_MODES, SpendBody } from '../authorizations/authorization.body.ts';
import { BatchItems } from '../validation/body-classes.ts';

export class ChargeBatchBody {
  @IsOptional()
  @IsIn(BATCH_MODES)
  readonly mode?: BatchMode | null;

  @BatchItems(() => SpendBody)
  readonly items!: SpendBody[];
}
