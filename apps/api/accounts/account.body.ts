import { OVERAGE_POLICIES, type JsonObject, type OveragePolicy } from '#ledger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsAccountId, IsAmount, IsMetadata, IsTimeZone, IsUnit } from '../validation/rules.ts';

/** The terms of an account: all optional, all changeable later. `null` is not given, but for the name: it takes it away. */
export class AccountTermsBody {
  @IsOptional()
  @IsString()
  @MaxLength(256)
  readonly name?: string | null;

  @IsOptional()
  @IsAmount()
  readonly overdraft_limit?: string | null;

  @IsOptional()
  @IsIn(OVERAGE_POLICIES)
  readonly overage?: OveragePolicy | null;

  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;

  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
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
