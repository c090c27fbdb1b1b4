import { SCOPES, type Scope } from '#access';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsEnvironmentName, IsFutureInstant, IsNetwork, IsText } from '../validation/rules.ts';

const MAX_OVERLAP_SECONDS = 30 * 24 * 60 * 60;
export const DEFAULT_OVERLAP_SECONDS = 24 * 60 * 60;

export class CreateApiKeyBody {
  @Describe('What people call it.')
  @IsText(1, 128)
  readonly name!: string;

  @Describe('Where it acts: the environment of the key that asks, unless a key of `live` says another.')
  @IsOptional()
  @IsEnvironmentName()
  readonly environment?: string | null;

  @Describe('What it may do; `admin` may do everything.')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  readonly scopes!: Scope[];

  @Describe('From this instant on, which must lie ahead, it isn’t let in any more; never, where it isn’t given.')
  @IsOptional()
  @IsFutureInstant()
  readonly expires_at?: string | null;

  @Describe('IP addresses and networks that it may be used from; from any, where there are none.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsNetwork({ each: true })
  readonly allowed_addresses?: string[] | null;
}

export class RollApiKeyBody {
  @Describe('Seconds for which the old key goes on; 0 ends it at once.', { default: DEFAULT_OVERLAP_SECONDS })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(MAX_OVERLAP_SECONDS)
  readonly overlap?: number | null;
}
