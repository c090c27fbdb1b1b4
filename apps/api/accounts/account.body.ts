import { OVERAGE_POLICIES, type JsonObject, type OveragePolicy } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsAccountId, IsAmount, IsMetadata, IsText, IsTimeZone, IsUnit } from '../validation/rules.ts';

export const DEFAULT_UNIT = 'credits';

/** The terms of an account: all optional, all changeable later. `null` is not given, but for the name: it takes it away. */
export class AccountTermsBody {
  @Describe('A name for people; `null` takes it away.')
  @IsOptional()
  @IsText(0, 256)
  readonly name?: string | null;

  @Describe('How far below zero the account may go.')
  @IsOptional()
  @IsAmount()
  readonly overdraft_limit?: string | null;

  @Describe(
    'What happens to a commit of more than is held and available: `cap` charges what there is, `debt` goes into debt up to the overdraft limit, `reject` refuses.',
  )
  @IsOptional()
  @IsIn(OVERAGE_POLICIES)
  readonly overage?: OveragePolicy | null;

  @Describe('The name of a time zone; kept for you, nothing depends on it yet.')
  @IsOptional()
  @IsTimeZone()
  readonly time_zone?: string | null;

  @Describe('Any JSON object up to 16 KiB, kept and given back.')
  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}

export class CreateAccountBody extends AccountTermsBody {
  @Describe('Your own id for it; one is made where it isn’t given.')
  @IsOptional()
  @IsAccountId()
  readonly id?: string | null;

  @Describe('What its amounts are in; it never changes.', { default: DEFAULT_UNIT })
  @IsOptional()
  @IsUnit()
  readonly unit?: string | null;
}
