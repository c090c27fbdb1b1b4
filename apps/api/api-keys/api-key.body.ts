import { SCOPES, type Scope } from '#access';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
} from 'class-validator';
import { IsEnvironmentName, IsFutureInstant, IsNetwork } from '../validation/rules.ts';

const MAX_OVERLAP_SECONDS = 30 * 24 * 60 * 60;
export const DEFAULT_OVERLAP_SECONDS = 24 * 60 * 60;

export class CreateApiKeyBody {
  /** What people call it. */
  @IsString()
  @Length(1, 128)
  readonly name!: string;

  /** Where it acts; the environment of the key that asks where it isn't given. */
  @IsOptional()
  @IsEnvironmentName()
  readonly environment?: string | null;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  readonly scopes!: Scope[];

  /** From this instant on it isn't let in any more; never where it isn't given. */
  @IsOptional()
  @IsFutureInstant()
  readonly expires_at?: string | null;

  /** Addresses and networks it may be used from; any where there are none. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsNetwork({ each: true })
  readonly allowed_addresses?: string[] | null;
}

export class RollApiKeyBody {
  /** Seconds for which the old key goes on; 0 ends it at once. A day where it isn't given. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_SECONDS)
  readonly overlap?: number | null;
}
