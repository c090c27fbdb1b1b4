import { OVERAGE_POLICIES, type JsonObject, type OveragePolicy } from '#ledger';
import { IsIn, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import { IsAccountId, IsAmount, IsMetadata, IsTimeZone, IsUnit } from '../validation/rules.ts';

/** The terms of an account: all optional, all changeable later. */
export class AccountTermsBody {
  @ValidateIf((body: AccountTermsBody) => body.name !== undefined && body.name !== null)
  @IsString()
  @MaxLength(256)
  readonly name?: string | null;

  @ValidateIf((body: AccountTermsBody) => body.overdraft_limit !== undefined)
  @IsAmount()
  readonly overdraft_limit?: string;

  @ValidateIf((body: AccountTermsBody) => body.overage !== undefined)
  @IsIn(OVERAGE_POLICIES)
  readonly overage?: OveragePolicy;

  @ValidateIf((body: AccountTermsBody) => body.time_zone !== undefined)
  @IsTimeZone()
  readonly time_zone?: string;

  @ValidateIf((body: AccountTermsBody) => body.metadata !== undefined)
  @IsMetadata()
  readonly metadata?: JsonObject;
}

export class CreateAccountBody extends AccountTermsBody {
  /** The caller's own id; made where it isn't given. */
  @IsOptional()
  @IsAccountId()
  readonly id?: string | null;

  @IsOptional()
  @IsUnit()
  readonly unit?: string | null;
}
