import { IsBoolean, IsOptional } from 'class-validator';
import { Describe } from '../openapi/describe.ts';
import { IsExpiresAfter, NEVER, type ExpiresAfter } from '../validation/expires-after.ts';
import { IsPrice } from '../validation/price.ts';
import { IsAmount, IsCurrency, IsPositiveAmount, IsText, IsWhole } from '../validation/rules.ts';

/** What was bought expires a year after the payment, unless a package says otherwise. */
export const EXPIRES_AFTER_DEFAULT = 365 * 24 * 60 * 60;
export const PRIORITY_DEFAULT = 100;

const NAME = 'A name for people.';
const CREDITS = 'How many credits are sold.';
const BONUS = 'How many credits come with them for the same price.';
const PRICE = 'What the package costs: money, in whole minor units of the currency.';
const CURRENCY = 'The ISO 4217 code of the price’s currency.';
const EXPIRES_AFTER = `When the credits expire: so many seconds after the payment, or \`${NEVER}\`.`;
const PRIORITY = 'The priority of the grants: those with a lower one are spent first.';

export class CreateCreditPackageBody {
  @Describe(NAME)
  @IsText(1, 256)
  readonly name!: string;

  @Describe(CREDITS)
  @IsPositiveAmount()
  readonly credits!: string;

  @Describe(BONUS, { default: '0' })
  @IsOptional()
  @IsAmount()
  readonly bonus_credits?: string | null;

  @Describe(PRICE)
  @IsPrice('currency')
  readonly price!: string;

  @Describe(CURRENCY)
  @IsCurrency()
  readonly currency!: string;

  @Describe(EXPIRES_AFTER, { default: EXPIRES_AFTER_DEFAULT })
  @IsOptional()
  @IsExpiresAfter()
  readonly expires_after?: ExpiresAfter | null;

  @Describe(PRIORITY, { default: PRIORITY_DEFAULT })
  @IsOptional()
  @IsWhole(0, 255)
  readonly priority?: number | null;
}

/** What isn't given stays as it is. */
export class UpdateCreditPackageBody {
  @Describe(NAME)
  @IsOptional()
  @IsText(1, 256)
  readonly name?: string | null;

  @Describe(CREDITS)
  @IsOptional()
  @IsPositiveAmount()
  readonly credits?: string | null;

  @Describe(BONUS)
  @IsOptional()
  @IsAmount()
  readonly bonus_credits?: string | null;

  @Describe(PRICE)
  @IsOptional()
  @IsPrice('currency')
  readonly price?: string | null;

  @Describe(CURRENCY)
  @IsOptional()
  @IsCurrency()
  readonly currency?: string | null;

  @Describe(EXPIRES_AFTER)
  @IsOptional()
  @IsExpiresAfter()
  readonly expires_after?: ExpiresAfter | null;

  @Describe(PRIORITY)
  @IsOptional()
  @IsWhole(0, 255)
  readonly priority?: number | null;

  @Describe('`true`: the package is sold no longer; `false`: it is sold again.')
  @IsOptional()
  @IsBoolean()
  readonly archived?: boolean | null;
}
