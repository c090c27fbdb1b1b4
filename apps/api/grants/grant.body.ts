import type { JsonObject } from '#amounts';
import { GRANT_CATEGORIES, type GrantCategory } from '#ledger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional } from 'class-validator';
import { Describe, DescribeBody } from '../openapi/describe.ts';
import { Nested } from '../validation/body-classes.ts';
import { together } from '../validation/given.ts';
import { IsAmount, IsCurrency, IsInstant, IsMetadata, IsPositiveAmount, IsText, IsWhole } from '../validation/rules.ts';
import { IsTags } from '../validation/tags.ts';

const NAMES_MAX = 100;
const PURCHASE_LENGTH_MAX = 255;
export const DEFAULT_PRIORITY = 100;

/** What the grant may pay for; what isn't given isn't limited. */
export class GrantScopeBody {
  @Describe('Pays only for usage of these events.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMES_MAX)
  @IsText(0, 128, { each: true })
  readonly events?: string[] | null;

  @Describe('Pays only for usage of these models.')
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(NAMES_MAX)
  @IsText(0, 128, { each: true })
  readonly models?: string[] | null;

  @Describe('Pays only for requests with all of these tags.')
  @IsOptional()
  @IsTags()
  readonly tags?: Record<string, string> | null;
}

@DescribeBody(together('amount_paid', 'currency'))
export class CreateGrantBody {
  @Describe('The amount of credits, more than zero.')
  @IsPositiveAmount()
  readonly amount!: string;

  @Describe('The source of the credits: money, a promotion, or a plan’s allowance.', { default: 'paid' })
  @IsOptional()
  @IsIn(GRANT_CATEGORIES)
  readonly category?: GrantCategory | null;

  @Describe('Grants with a lower priority are spent first.', { default: DEFAULT_PRIORITY })
  @IsOptional()
  @IsWhole(0, 255)
  readonly priority?: number | null;

  @Describe('The time from which the credits count. Default: now.')
  @IsOptional()
  @IsInstant()
  readonly effective_at?: string | null;

  @Describe('The time from which the credits no longer count; after now and after `effective_at`. Default: never.')
  @IsOptional()
  @IsInstant()
  readonly expires_at?: string | null;

  @Describe('Money paid per credit. With `amount_paid`, it is their quotient.')
  @IsOptional()
  @IsAmount()
  readonly cost_basis?: string | null;

  @Describe('The money that was paid for the grant, in `currency`.')
  @IsOptional()
  @IsAmount()
  readonly amount_paid?: string | null;

  @Describe('The ISO 4217 code of the currency of `amount_paid`.')
  @IsOptional()
  @IsCurrency()
  readonly currency?: string | null;

  @Describe('What you know the purchase by that the grant belongs to. Grants of one purchase share its money.')
  @IsOptional()
  @IsText(1, PURCHASE_LENGTH_MAX)
  readonly purchase?: string | null;

  @Describe('What the grant may pay for. Default: anything.')
  @IsOptional()
  @Nested(() => GrantScopeBody)
  readonly scope?: GrantScopeBody | null;

  @Describe(
    'Any JSON object up to 16 KiB; stored and returned unchanged. Send numbers of more than 15 digits as strings.',
  )
  @IsOptional()
  @IsMetadata()
  readonly metadata?: JsonObject | null;
}

export class VoidGrantBody {
  @Describe('The money that you pay back for the credits; at most what was paid for them. Default: none.')
  @IsOptional()
  @IsAmount()
  readonly returned?: string | null;
}
