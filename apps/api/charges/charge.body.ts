import { MAX_BATCH_ITEMS, type BatchMode } from '#ledger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { BATCH_MODES, SpendBody } from '../authorizations/authorization.body.ts';

export class ChargeBatchBody {
  @IsOptional()
  @IsIn(BATCH_MODES)
  readonly mode?: BatchMode | null;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MAX_BATCH_ITEMS)
  @ValidateNested({ each: true })
  @Type(() => SpendBody)
  readonly items!: SpendBody[];
}
