import type { JsonObject } from '#amounts';
import { PROVIDERS, type ProviderName } from '#ledger';
import { IsIn, IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { GIVEN, NOT_GIVEN } from '../validation/given.ts';
import { IsCreditPackageId, IsMetadata, IsPositiveAmount, IsText } from '../validation/rules.ts';

@DescribeBody({
  allOf: [
    {
      anyOf: [
        { required: ['amount'], properties: { amount: GIVEN, package: NOT_GIVEN } },
        { required: ['package'], properties: { package: GIVEN, amount: NOT_GIVEN } },
      ],
    },
    {
      anyOf: [
        { properties: { provider: { enum: ['manual', 'test'] } } },
        { required: ['payment_method'], properties: { payment_method: GIVEN } },
      ],
    },
  ],
})
export class CreateTopupBody {
  @Describe('How many credits are bought, at the environment’s price per credit. Give this or `package`.')
  @IsOptional()
  @IsPositiveAmount()
  readonly amount?: string | null;

  @Describe('The credit package that is bought.')
  @IsOptional()
  @IsCreditPackageId()
  readonly package?: string | null;

  @Describe(
    'Who collects the payment. `stripe`: a worker charges the payment method; `manual`: you do, and confirm it; `test`: nobody, for tests outside live.',
  )
  @IsIn(PROVIDERS)
  readonly provider!: ProviderName;

  @Describe('The provider’s id of what is charged. `stripe` needs one; `test` takes `pm_ok` by default.')
  @IsOptional()
  @IsText(1, 255)
  readonly payment_method?: string | null;

  @Describe('The provider’s id of the customer who owns the payment method.')
  @IsOptional()
  @IsText(1, 255)
  readonly customer?: string | null;

  @Describe('Any JSON object up to 16 KiB; the grants get it too.')
  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}

export class ConfirmTopupBody {
  @Describe('What you know the payment by, such as the number of the invoice or of the transfer.')
  @IsOptional()
  @IsText(1, 255)
  readonly reference?: string | null;
}

export class RefundTopupBody {
  @Describe(
    'How many of the credits, without bonus, to take back; the bonus follows in proportion. Default: all that is neither spent nor held.',
  )
  @IsOptional()
  @IsPositiveAmount()
  readonly credits?: string | null;
}
