import { SCOPES, type Scope } from '#access';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { LimitBody } from '../limits/limit.body.ts';
import { Describe } from '../openapi/describe.ts';
import { Nested } from '../validation/body-classes.ts';
import { IsAccountId, IsEnvironmentName, IsFutureInstant, IsNetwork, IsText, IsWhole } from '../validation/rules.ts';

const MAX_OVERLAP_SECONDS = 30 * 24 * 60 * 60;
export const DEFAULT_OVERLAP_SECONDS = 24 * 60 * 60;

export class CreateApiKeyBody {
  @Describe('A name for people.')
  @IsText(1, 128)
  readonly name!: string;

  @Describe(
    'The environment that the new key acts in. Default: that of the key that you send. Only a key of `live` can name another.',
  )
  @IsOptional()
  @IsEnvironmentName()
  readonly environment?: string | null;

  @Describe('What the key may do; `admin` may do everything.')
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  readonly scopes!: Scope[];

  @Describe('A time in the future from which Purser no longer accepts the key. Default: never.')
  @IsOptional()
  @IsFutureInstant()
  readonly expires_at?: string | null;

  @Describe('IP addresses and networks that the key may be used from. Default: any.')
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsNetwork({ each: true })
  readonly allowed_addresses?: string[] | null;

  @Describe(
    'The only account that the key may see and act on, of its environment. Such a key has the scopes `authorize`, `read` or both. Default: all accounts.',
  )
  @IsOptional()
  @IsAccountId()
  readonly account?: string | null;

  @Describe('The most that requests with the key may spend over all accounts. Default: no limit of its own.')
  @IsOptional()
  @Nested(() => LimitBody)
  readonly limit?: LimitBody | null;
}

export class UpdateApiKeyBody {
  @Describe(
    'The most that requests with the key may spend over all accounts; `null` removes the limit. With the same unit and period, it goes on with what was spent already.',
  )
  @IsOptional()
  @Nested(() => LimitBody)
  readonly limit?: LimitBody | null;
}

/** Not an admin: it would be one of the whole environment. */
export const BOUND_KEY_SCOPES = 'must not have admin: the key is bound to an account';

export class RollApiKeyBody {
  @Describe('Seconds for which the old key stays valid; 0 ends it at once.', { default: DEFAULT_OVERLAP_SECONDS })
  @IsOptional()
  @IsWhole(0, MAX_OVERLAP_SECONDS)
  readonly overlap?: number | null;
}
